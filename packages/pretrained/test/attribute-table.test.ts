import { expect, it } from 'vitest';
import { aBoolean, anInteger, aShare, attributeTable, ConfigReader } from '../src/index.js';

const table = attributeTable({
  width: ['hidden_size', anInteger()],
  bias: ['use_bias', aBoolean, true],
  dropout: ['hidden_dropout', aShare, 0.1, 0],
});
const reader = (json: object) => new ConfigReader(json, 'config.json');

it('a table of attributes reads what config.json says, with defaults where it says nothing or null', () => {
  const said = { hidden_size: 8, use_bias: false, hidden_dropout: 0.3 };
  expect(table.read(reader(said))).toEqual({ width: 8, bias: false, dropout: 0.3 });
  expect(table.read(reader({ hidden_size: 8, use_bias: null }))).toEqual({ width: 8, bias: true, dropout: 0.1 });
  expect(() => table.read(reader({}))).toThrow(/config\.json: expected an attribute hidden_size/);
  expect(() => table.read(reader({ hidden_size: 0 }))).toThrow(/hidden_size: expected an integer of at least 1/);
});

it('a table of attributes writes what it reads, and the default of our config', () => {
  const said = { hidden_size: 8, use_bias: false, hidden_dropout: 0.3 };
  expect(table.write(table.read(reader(said)))).toEqual(said);
  expect(table.write({ width: 8 })).toEqual({ hidden_size: 8, use_bias: true, hidden_dropout: 0 });
});
