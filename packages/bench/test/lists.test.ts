import { expect, it } from 'vitest';
import { candidates } from '../src/candidates.js';
import { appearances } from '../src/report/palette.js';

it('every architecture takes part', () => {
  expect(candidates.map(({ name }) => name)).toEqual([
    ...['dense GPT', 'sliding window', 'strided (Sparse Transformer)', 'Longformer style', 'BigBird style'],
    ...['Transformer-XL', 'Infini-attention', 'linear attention', 'RMT', 'Mamba', 'Mamba-2'],
    ...['Gated DeltaNet', 'Kimi delta attention', 'RWKV-7', 'mLSTM', 'Mamba-3', 'Mesa', 'RG-LRU', 'S4D'],
    ...['attention + Mamba', 'LSTM', 'GRU', 'minGRU', 'encoder (BERT style)'],
    ...['sparse encoder (Longformer style)', 'encoder-decoder (T5)'],
  ]);
});

it('no two architectures look alike in the report', () => {
  const members = candidates.map(({ name, family }) => ({ architecture: name, family }));
  const looks = [...appearances(members).values()].map(({ color, dash, symbol }) => `${color} ${dash} ${symbol}`);
  expect(new Set(looks).size).toBe(candidates.length);
});
