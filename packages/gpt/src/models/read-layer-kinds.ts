import { SequiturError } from '@sequitur/core';
import { type ConfigReader, oneOf, texts } from '@sequitur/pretrained';

/**
 * Reads an attribute that names the kind of each layer, as the values of `kinds`; undefined where it is absent.
 *
 * @throws SequiturError where a kind is unknown, or there are not as many as layers
 */
export function readLayerKinds<T>(
  json: ConfigReader,
  name: string,
  kinds: Readonly<Record<string, T>>,
  depth: number,
): readonly T[] | undefined {
  return json.maybe(name, (value, where) => {
    const named = texts(value, where);
    if (named.length !== depth) {
      throw new SequiturError({ where, expected: `${depth} kinds, one for each layer`, got: `${named.length}` });
    }
    return named.map((kind, layer) => kinds[oneOf(Object.keys(kinds))(kind, `${where}, layer ${layer}`)]!);
  });
}
