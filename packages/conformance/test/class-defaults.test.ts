import { ConfigReader, type Family, readFamilyConfig } from '@sequitur/pretrained';
import { expect, it, vi } from 'vitest';
import { models } from '../src/models/families.js';
import defaults from './class-defaults.json' with { type: 'json' };

const families = [...new Set<Family>(models.flatMap((model) => model.families as readonly Family[]))];

/** What is read of a config, without what may be said or be left to its default. */
function read(modelType: string, attributes: object): Readonly<Record<string, unknown>> {
  const warn = vi.fn();
  const reader = new ConfigReader({ ...attributes, model_type: modelType }, 'config.json', { strict: true, warn });
  const {
    labels: _,
    headSize,
    localRotaryBase,
    ...config
  } = readFamilyConfig(reader, families).config as never as {
    [name: string]: unknown;
    width: number;
    heads: number;
  };
  expect(warn).not.toHaveBeenCalled();
  return {
    ...config,
    headSize: headSize ?? config.width / config.heads,
    localRotaryBase: localRotaryBase ?? config.rotaryBase,
  };
}

/** Ids of the published vocabulary, which the default vocabulary of this class has not. */
const OUTSIDE: Readonly<Record<string, object>> = {
  starcoder2: { startToken: undefined, endToken: undefined },
  gpt_oss: { balanceCoefficient: 0.9 }, // of training, and another one in 4.57
};

/** Those without a class in transformers 5, and those whose published files say everything. */
const WITHOUT = ['transfo-xl', 'lm-rmt', 'rmt-gpt2', 'deepseek_v2', 'deepseek_v3', 'electra', 'albert', 'modernbert'];

it('every family is held against the defaults of its class', () => {
  const named = [...Object.keys(defaults.classes), ...WITHOUT].sort();
  expect(families.map(({ modelType }) => modelType).sort()).toEqual(named);
});

it.each(Object.entries(defaults.classes))(
  'a config of %s that says nothing has the defaults of its class',
  (name, said) => {
    const whole = read(name, { ...defaults.everywhere['5.18.0'], ...said, transformers_version: '5.18.0' });
    expect(read(name, { transformers_version: '5.18.0' })).toEqual({ ...whole, ...OUTSIDE[name] });
  },
);

it.each(Object.entries(defaults.classes))('what every class of 4.57 writes changes nothing for %s', (name, said) => {
  const older = Object.entries(defaults.everywhere['4.57.6']).filter(([attribute]) => !(attribute in said));
  const { generation: _, ...config } = read(name, { ...Object.fromEntries(older), ...said });
  const { generation: __, ...expected } = read(name, said);
  expect(config).toEqual(expected);
});

it('two names of one attribute are one, and may not differ', () => {
  const heads = (modelType: string, attributes: object) => read(modelType, attributes).heads;
  expect(heads('gpt2', { hidden_size: 24, num_attention_heads: 3 })).toBe(3);
  expect(heads('gpt2', { n_embd: 24, n_head: 3, num_attention_heads: 3 })).toBe(3);
  expect(heads('t5', { num_attention_heads: 2 })).toBe(2);
  expect(heads('distilbert', { num_attention_heads: 2 })).toBe(2);
  expect(read('bart', { num_attention_heads: 2, hidden_size: 24 })).toMatchObject({ encoderHeads: 2, width: 24 });
  expect(() => read('gpt2', { n_head: 3, num_attention_heads: 4 })).toThrow(
    /num_attention_heads: expected 3, as n_head/,
  );
});
