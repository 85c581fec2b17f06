import { expectAsReference, onEachBackend } from '@sequitur/laws';
import { type Tensor, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import {
  type AttentionOptions,
  attention,
  causal,
  either,
  globalTokens,
  Rotary,
  slidingWindow,
} from '../../../src/index.js';
import { alwaysUseBlockKernels } from '../../../src/ops/scaled-dot-product/webgpu/heuristics.js';

/** More than two blocks of 64 queries and of 64 keys, six rows of 32, none of them whole; two heads share each key. */
const [BATCH, QUERIES, KEYS, HEADS, KEY_HEADS] = [2, 150, 170, 4, 2];

const mask = () =>
  tensor2d(
    Float32Array.from({ length: BATCH * KEYS }, (_, i) => (i % KEYS < 3 || (i * 7919) % 11 === 0 ? 0 : 1)),
    [BATCH, KEYS],
  );

interface Case {
  readonly sizes: readonly [head: number, value: number];
  readonly options: () => AttentionOptions;
}

const cases: Record<string, Case> = {
  'causal, heads in fours': { sizes: [8, 12], options: () => ({ pattern: causal() }) },
  'a window with global tokens, a mask and a cap, heads of odd sizes': {
    sizes: [5, 7],
    options: () => ({
      pattern: either(slidingWindow({ left: 70, right: 10 }), globalTokens([0, 100])),
      attentionMask: mask(),
      fullyMasked: 'evenly',
      softCap: 3,
    }),
  },
  'dropout, heads of odd sizes': {
    sizes: [5, 7],
    options: () => ({ pattern: causal(), dropout: { rate: 0.3, seed: 7 } }),
  },
};

onEachBackend(
  'attention beyond one block',
  (name) => {
    alwaysUseBlockKernels();
    for (const [title, { sizes, options }] of Object.entries(cases)) {
      it(title, { timeout: 400_000 }, () =>
        expectAsReference(
          name,
          {
            f: (query: Tensor, key: Tensor, value: Tensor) =>
              attention(query as Tensor4D, key as Tensor4D, value as Tensor4D, options()),
            shapes: [
              [BATCH, QUERIES, HEADS, sizes[0]],
              [BATCH, KEYS, KEY_HEADS, sizes[0]],
              [BATCH, KEYS, KEY_HEADS, sizes[1]],
            ],
          },
          { tolerance: 2e-5, kernels: ['forward', 'stats', 'dquery', 'dboth'].map((kernel) => `attention ${kernel}`) },
        ),
      );
    }

    it('rotary positions of 150 tokens in 3 heads of 130', { timeout: 120_000 }, () => {
      const rotary = new Rotary({ headSize: 130 });
      return expectAsReference(
        name,
        { f: (x) => rotary.apply(x as Tensor4D, { seen: 3, length: 150 }), shapes: [[2, 150, 3, 130]] },
        { tolerance: 5e-6, kernels: ['rotate pairs'] },
      );
    });
  },
  ['webgpu'],
);
