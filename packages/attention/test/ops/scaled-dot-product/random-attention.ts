import { type Random, sizeOf } from '@sequitur/core';
import { type Tensor, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import type { AttentionOptions, ScoreBias } from '../../../src/index.js';
import { biasTensors } from '../../../src/ops/scaled-dot-product/bias/bias-tensors.js';
import { maskTensors } from '../../../src/ops/scaled-dot-product/mask-tensors.js';
import { resolve } from '../../../src/ops/scaled-dot-product/options.js';
import { attentionReference } from '../../../src/ops/scaled-dot-product/reference/forward.js';
import { randomPattern } from '../../patterns/random-pattern.js';

/** An attention call: its differentiable tensors, and options made from them. */
export interface Call {
  readonly tensors: readonly Tensor[]; // query, key, value, and what the bias holds
  /** `attentionMask`, and the documents of packed sequences. */
  readonly masks: readonly Tensor[];
  options(tensors: readonly Tensor[]): AttentionOptions;
}

export function draw(shape: readonly number[], random: Random): Tensor {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    [...shape],
  );
}

/** Any call that the options allow, of at most `longest` keys and `mostQueries` queries. */
export function randomCall(random: Random, longest: number, mostQueries = longest): Call {
  const one = <T>(...items: readonly T[]): T => items[random.integer(items.length)]!;
  const batch = 1 + random.integer(2);
  const heads = one(1, 2, 3, 4, 6);
  const keyHeads = one(...[1, 2, 3, heads].filter((count) => heads % count === 0));
  const size = () => one(1 + random.integer(12), 4 + 4 * random.integer(3)); // WebGPU reads those of the second kind by fours
  const [headSize, valueSize] = [size(), size()];
  const keyLength = 1 + random.integer(longest);
  const queries = Math.min(1 + random.integer(one(1, 3, 9, longest)), mostQueries);
  const capacity = keyLength + one(0, 0, 3);
  const lost = one(0, 0, random.integer(5));
  const offset = one(undefined, random.integer(longest));
  const from = random.integer(Math.min(keyLength, offset ?? keyLength) + 1);
  const patterns = Array.from({ length: one(1, 1, 1, heads) }, () => randomPattern(random, longest));
  const attentionMask = one(true, false)
    ? tensor(
        Float32Array.from({ length: batch * keyLength }, () => (random.integer(4) ? 1 : 0)),
        [batch, keyLength],
      )
    : undefined;
  const documentsOf = (length: number) =>
    tensor(
      Float32Array.from(
        { length: batch * length },
        (_, index) => 1 + Math.floor((index % length) / 9) + random.integer(2),
      ),
      [batch, length],
    );
  const documents = one(false, false, true)
    ? { ofQueries: documentsOf(queries), ofKeys: documentsOf(keyLength) }
    : undefined;
  const biasShape = [batch, heads, queries, keyLength].map((size) => one(1, size));
  const slopes = Array.from({ length: heads }, () => random.uniform());
  const bias = one<(() => { tensors: Tensor[]; make(given: Tensor[]): ScoreBias }) | null>(
    null,
    () => ({ tensors: [draw(biasShape, random)], make: ([values]) => ({ kind: 'tensor', values: values! }) }),
    () => ({ tensors: [], make: () => ({ kind: 'alibi', slopes }) }),
    () => ({
      tensors: [draw([8, heads], random)],
      make: ([table]) => ({ kind: 'buckets', table: table!, bidirectional: true, maxDistance: 20 }),
    }),
  )?.();
  const shared: AttentionOptions = {
    ...{ scale: one(undefined, 0.3), keyLength, offset, attentionMask, documents },
    pattern: patterns.length === 1 ? patterns[0]! : patterns,
    evicted: lost ? { from, count: lost } : undefined,
    softCap: one(undefined, undefined, 1.5),
    dropout: one(undefined, undefined, { rate: 0.3, seed: random.next() }),
    fullyMasked: one('zeros', 'evenly', 'all'),
  };
  const inputs = [
    draw([batch, queries, heads, headSize], random),
    draw([batch, capacity, keyHeads, headSize], random),
    draw([batch, capacity, keyHeads, valueSize], random),
    ...(bias?.tensors ?? []),
  ];
  return {
    tensors: inputs,
    masks: [...(attentionMask ? [attentionMask] : []), ...Object.values(documents ?? {})],
    options: (given) => ({ ...shared, bias: bias?.make([...given.slice(3)]) }),
  };
}

/** The expected result of `attentionWithLogSumExp`, by tfjs operations only. */
export function byReference([query, key, value]: readonly Tensor4D[], options: AttentionOptions): [Tensor, Tensor] {
  const [batch, queries, heads] = query!.shape;
  const resolved = resolve(query!, key!, value!, options);
  const { attentionMask } = options;
  const tensors = biasTensors(options.bias, { batch, queries, heads, ...resolved, attentionMask });
  return attentionReference({ query: query!, key: key!, value: value!, ...maskTensors(options), ...tensors }, resolved);
}
