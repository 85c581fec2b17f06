import { SequiturError } from '@sequitur/core';
import { type ConfigReader, linearRules, oneOf, texts, type WeightRule } from '@sequitur/pretrained';

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

/**
 * Weight rules of the output projections, whose names differ between attention and the other mixers of a model.
 *
 * @param layer `model.layers.{i}`
 */
export function mixerOutputRules(
  attends: readonly boolean[],
  layer: string,
  names: { readonly attention: string; readonly other: string },
): WeightRule[] {
  return attends.flatMap((attention, index) => {
    const theirs = `${layer.replace('{i}', `${index}`)}.${attention ? names.attention : names.other}`;
    return linearRules(theirs, `blocks.${index}.mixer.output`);
  });
}
