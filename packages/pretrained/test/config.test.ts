import { expect, it } from 'vitest';
import {
  aBoolean,
  aNumber,
  anInteger,
  aShare,
  ConfigReader,
  filesSource,
  isFalse,
  oneOf,
  texts,
} from '../src/index.js';

const reader = (values: unknown) => new ConfigReader(values, 'config.json');

it('takes attributes with their type, and fallbacks where they are absent or null', () => {
  const json = reader({ width: 8, rate: 0.5, tied: true, kind: 'a', names: ['x'], nothing: null, off: false });
  expect(json.take('width', anInteger())).toBe(8);
  expect(json.take('rate', aShare)).toBe(0.5);
  expect(json.take('tied', aBoolean)).toBe(true);
  expect(json.take('kind', oneOf(['a', 'b']))).toBe('a');
  expect(json.take('names', texts)).toEqual(['x']);
  expect(json.take('off', isFalse)).toBe(false);
  expect(json.take('nothing', anInteger(), 3)).toBe(3);
  expect(json.take('absent', anInteger(), 4)).toBe(4);
  expect(json.maybe('absent', anInteger())).toBeUndefined();
  expect(json.maybe('width', anInteger())).toBe(8);
  json.finish([]);
});

const refused: [string, unknown, (json: ConfigReader) => unknown, RegExp][] = [
  ['a fraction for a count', { n: 1.5 }, (json) => json.take('n', anInteger()), /config\.json, n: expected an integer/],
  ['a text for a count', { n: '8' }, (json) => json.take('n', anInteger()), /got "8"/],
  ['a count below the least', { n: 0 }, (json) => json.take('n', anInteger()), /at least 1/],
  ['a share of one', { p: 1 }, (json) => json.take('p', aShare), /\[0, 1\)/],
  [
    'a number that does not hold',
    { p: -1 },
    (json) =>
      json.take(
        'p',
        aNumber('above 0', (x) => x > 0),
      ),
    /above 0/,
  ],
  ['an unknown name', { a: 'c' }, (json) => json.take('a', oneOf(['a', 'b'])), /one of a, b, got "c"/],
  ['a feature that is on', { a: true }, (json) => json.take('a', isFalse), /not supported/],
  ['a missing attribute', {}, (json) => json.take('a', anInteger()), /an attribute a, got none/],
  ['one of the prototype', {}, (json) => json.take('toString', texts), /an attribute toString, got none/],
];
for (const [what, values, take, says] of refused) {
  it(`refuses ${what}`, () => expect(() => take(reader(values))).toThrow(says));
}

it('refuses by name what was neither taken nor ignored', () => {
  const json = reader({ width: 8, rope_scaling: { factor: 2 }, use_cache: true });
  json.take('width', anInteger());
  expect(() => json.finish(['use_cache'])).toThrow(/rope_scaling = \{"factor":2\}/);
  json.finish(['use_cache', 'rope_scaling']);
});

it('is a JSON object in a file', async () => {
  const open = (text: string) => ConfigReader.open(filesSource([new File([text], 'config.json')]));
  expect((await open('{"a": 1}')).take('a', anInteger())).toBe(1);
  for (const text of ['[]', 'null', '3', '"a"', '{"a": ']) await expect(open(text)).rejects.toThrow(/expected.*JSON/);
  await expect(ConfigReader.open(filesSource([]))).rejects.toThrow(/a config\.json, got none/);
});
