import { mixerLaws } from '@sequitur/laws';
import { Alibi, LatentAttention, LinearAttention, MultiHeadAttention, Rotary } from '../src/index.js';

mixerLaws('multi-head attention', () => new MultiHeadAttention({ width: 8, heads: 2 }), { width: 8 });
mixerLaws('attention with shared keys', () => new MultiHeadAttention({ width: 12, heads: 4, keyHeads: 2 }), {
  width: 12,
  length: 11,
});
mixerLaws('attention with sinks', () => new MultiHeadAttention({ width: 8, heads: 2, sinks: true }), { width: 8 });
const latent = { width: 8, heads: 2, latentSize: 5, plainSize: 3, rotarySize: 2, valueSize: 4 };
mixerLaws(
  'latent attention',
  () =>
    new LatentAttention({ ...latent, queryLatentSize: 3, normEpsilon: 0.1, positions: new Rotary({ headSize: 2 }) }),
  { width: 8 },
);

mixerLaws('linear attention', () => new LinearAttention({ width: 8, heads: 2, chunkLength: 4 }), { width: 8 });
mixerLaws('attention with ALiBi', () => new MultiHeadAttention({ width: 8, heads: 2, positions: new Alibi(2) }), {
  width: 8,
});
