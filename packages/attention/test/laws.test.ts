import { mixerLaws } from '@sequitur/laws';
import { MultiHeadAttention } from '../src/index.js';

mixerLaws('multi-head attention', () => new MultiHeadAttention({ width: 8, heads: 2 }), { width: 8 });
mixerLaws('attention with shared keys', () => new MultiHeadAttention({ width: 12, heads: 4, keyHeads: 2 }), {
  width: 12,
  length: 11,
});
mixerLaws('attention with sinks', () => new MultiHeadAttention({ width: 8, heads: 2, sinks: true }), { width: 8 });
