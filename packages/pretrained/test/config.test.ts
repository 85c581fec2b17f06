import { describe, expect, it } from 'vitest';
import { aBoolean, aNumber, anInteger, aShare, ConfigReader, filesSource, oneOf, only, texts } from '../src/index.js';

const reader = (values: unknown) => new ConfigReader(values, 'config.json');

it('takes attributes with their type, and fallbacks where they are absent or null', () => {
  const json = reader({ width: 8, rate: 0.5, tied: true, kind: 'a', names: ['x'], nothing: null, off: false });
  expect(json.take('width', anInteger())).toBe(8);
  expect(json.take('rate', aShare)).toBe(0.5);
  expect(json.take('tied', aBoolean)).toBe(true);
  expect(json.take('kind', oneOf(['a', 'b']))).toBe('a');
  expect(json.take('names', texts)).toEqual(['x']);
  expect(json.take('off', only(false))).toBe(false);
  expect(json.take('nothing', anInteger(), 3)).toBe(3);
  expect(json.take('absent', anInteger(), 4)).toBe(4);
  expect(json.maybe('absent', anInteger())).toBeUndefined();
  expect(json.maybe('width', anInteger())).toBe(8);
  json.finish();
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
  [
    'another than the one supported value',
    { a: true },
    (json) => json.take('a', only(false)),
    /only supported value, got true/,
  ],
  ['a missing attribute', {}, (json) => json.take('a', anInteger()), /an attribute a, got none/],
  ['one of the prototype', {}, (json) => json.take('toString', texts), /an attribute toString, got none/],
];
for (const [what, values, take, says] of refused) {
  it(`refuses ${what}`, () => expect(() => take(reader(values))).toThrow(says));
}

describe('an attribute that nobody takes', () => {
  const finish = (values: object, options: { strict?: boolean } = {}) => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    new ConfigReader({ model_type: 'llama', ...values }, 'config.json', { ...options, warn }).finish();
    return warnings;
  };

  it('passes where it is known to change nothing, or is switched off', () => {
    expect(finish({ use_cache: true, torch_dtype: 'float32', architectures: ['A'] }, { strict: true })).toEqual([]);
    const off = {
      rope_scaling: null,
      attention_bias: false,
      pruned_heads: {},
      quantization_config: null,
      unheard_of: '',
    };
    expect(finish(off, { strict: true })).toEqual([]);
    expect(finish({ layer_types: ['full_attention', 'full_attention'], logit_scale: 1 }, { strict: true })).toEqual([]);
  });

  it('is refused by name where it changes the computation', () => {
    const computing = {
      rope_scaling: { factor: 2 },
      num_experts: 8,
      layer_types: ['full_attention', 'sliding_attention'],
    };
    for (const [name, value] of Object.entries(computing)) {
      expect(() => finish({ [name]: value })).toThrow(new RegExp(`this model supports, got ${name} = `));
    }
    expect(() => finish(computing)).toThrow(/rope_scaling = \{"factor":2\}, num_experts = 8, layer_types/);
  });

  it('is inert in one family and computes in another', () => {
    const values = { attention_types: [[['global'], 2]], intermediate_size: 4 };
    const read = (modelType: string) => () => {
      const json = new ConfigReader({ ...values, model_type: modelType }, 'config.json', { strict: true });
      json.maybe('attention_types', (value) => value);
      json.finish();
    };
    expect(read('mamba2')).not.toThrow();
    expect(read('gpt2')).toThrow(/intermediate_size = 4/);
  });

  it('is warned of in one message where it is unknown, or refused on demand', () => {
    expect(finish({ unheard_of: 1, other: 'x' })).toEqual([
      'config.json: unknown attributes are not read: unheard_of = 1, other = "x". With strict: true they are an error.',
    ]);
    expect(() => finish({ unheard_of: 1 }, { strict: true })).toThrow(/this model knows, got unheard_of = 1/);
  });

  it('is judged in a configuration within the configuration too', () => {
    const json = new ConfigReader({ inner: { model_type: 'gpt2', alibi: true } }, 'config.json');
    expect(json.nested('inner')).toBe(json.nested('inner'));
    expect(() => json.finish()).toThrow(/config\.json, inner.*alibi = true/s);
  });
});

it('is a JSON object in a file', async () => {
  const open = (text: string) => ConfigReader.open(filesSource([new File([text], 'config.json')]));
  expect((await open('{"a": 1}')).take('a', anInteger())).toBe(1);
  for (const text of ['[]', 'null', '3', '"a"', '{"a": ']) await expect(open(text)).rejects.toThrow(/expected.*JSON/);
  await expect(ConfigReader.open(filesSource([]))).rejects.toThrow(/a config\.json, got none/);
});
