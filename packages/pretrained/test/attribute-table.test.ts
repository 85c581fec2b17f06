import { expect, it } from 'vitest';
import { anInteger, attribute, attributeTable, ConfigReader } from '../src/index.js';

interface Shape {
  readonly width: number;
  readonly hiddenWidth?: number;
  readonly bias?: boolean;
  readonly dropout?: number;
  readonly window?: number;
  readonly headSize?: number;
  readonly pools?: 'first' | 'mean';
  readonly finalNorm?: boolean;
  readonly depth?: number;
}

const table = attributeTable<Shape>(
  {
    width: attribute.integer('hidden_size'),
    hiddenWidth: attribute.integer('n_inner', ({ width }) => 4 * width, null),
    bias: attribute.flag('use_bias', true),
    dropout: attribute.dropout('hidden_dropout', 0.1),
  },
  {
    window: attribute.nullable('sliding_window', anInteger(), 4096),
    headSize: attribute.optional('head_dim', anInteger()),
    pools: attribute.spelled('pooling', { cls: 'first', mean: 'mean' }, 'cls'),
    finalNorm: attribute.inverted('no_final_norm', false),
    depth: attribute.count(['num_layers', 'n_layer'], 2),
  },
  attribute.fixed({ alibi: false }),
  attribute.written<Shape>(({ bias = true }) => ({ has_bias: bias, pooling: bias ? undefined : 'none' })),
);
const reader = (json: object) => new ConfigReader(json, 'config.json');
const read = (json: object) => table.read(reader({ hidden_size: 8, ...json }));

it('a table of attributes reads what config.json says, with defaults where it says nothing or null', () => {
  const said = { use_bias: false, hidden_dropout: 0.3, n_inner: 5, head_dim: 3, pooling: 'mean', no_final_norm: true };
  expect(read({ ...said, sliding_window: 7, n_layer: 6 })).toEqual({
    ...{ width: 8, hiddenWidth: 5, bias: false, dropout: 0.3, window: 7, headSize: 3, pools: 'mean' },
    ...{ finalNorm: false, depth: 6 },
  });
  const absent = { width: 8, hiddenWidth: 32, bias: true, dropout: 0.1, pools: 'first', finalNorm: true, depth: 2 };
  expect(read({})).toEqual({ ...absent, window: 4096 });
  expect(read({ use_bias: null, n_inner: null, head_dim: null, sliding_window: null })).toEqual(absent);
  expect(() => table.read(reader({}))).toThrow(/config\.json: expected an attribute hidden_size/);
  expect(() => read({ hidden_size: 0 })).toThrow(/hidden_size: expected an integer of at least 1/);
  expect(() => read({ alibi: true })).toThrow(/alibi: expected false, the only supported value/);
  expect(() => read({ pooling: 'max' })).toThrow(/pooling: expected one of cls, mean/);
});

it('of an attribute with several names the first that is given counts, and the last is written', () => {
  expect(read({ num_layers: 3, n_layer: 6 }).depth).toBe(3);
  expect(table.write({ width: 8, depth: 3 })).toMatchObject({ n_layer: 3 });
  expect(table.write({ width: 8, depth: 3 })).not.toHaveProperty('num_layers');
});

it('a table of attributes writes what it reads, and the defaults of our config', () => {
  expect(table.write({ width: 8 })).toEqual({
    ...{ hidden_size: 8, n_inner: null, use_bias: true, hidden_dropout: 0, sliding_window: null },
    ...{ no_final_norm: false, n_layer: 2, alibi: false, has_bias: true },
  });
  const config = { width: 8, bias: false, window: 7, headSize: 3, pools: 'mean', finalNorm: false } as const;
  const { pooling, ...written } = table.write(config);
  expect(pooling).toBe('none'); // what is written later counts
  expect(read({ ...written, pooling: 'mean' })).toEqual({ ...config, hiddenWidth: 32, dropout: 0, depth: 2 });
});

it('of two tables that give the same attribute, the later counts', () => {
  const both = attributeTable<Shape>({ width: attribute.integer('d_model', 4) }, table);
  expect(both.read(reader({ hidden_size: 8 })).width).toBe(8);
  expect(Object.keys(both.write({ width: 8 })).slice(0, 2)).toEqual(['d_model', 'hidden_size']);
});
