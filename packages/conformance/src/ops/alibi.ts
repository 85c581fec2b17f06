import { alibiSlopes, alibiValues } from '@sequitur/attention';
import { cast, tensor1d } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';

/** Bloom's ALiBi bias, with positions that count the real tokens. */
export const alibiCases: Operation = (given) => {
  const slopes = alibiSlopes(given.attribute<number>('num_heads')!);
  const attentionMask = cast(given.input('attention_mask'), 'float32');
  return { alibi: alibiValues(slopes, { attentionMask }), slopes: tensor1d([...slopes]) };
};
