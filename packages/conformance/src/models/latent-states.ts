import { LatentAttention } from '@sequitur/attention';
import { firstPositions, type Module, type StateTree } from '@sequitur/core';
import { concat, reshape, slice, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { type CompareState, comparePast } from './cache.js';

interface LatentState {
  readonly length: number;
  readonly keys: Tensor4D;
  readonly values: Tensor4D;
}

/**
 * Compares the caches of latent attention: Hugging Face's class caches keys and values of every head, ours the latent
 * vectors.
 *
 * @param halves whether its rotated keys have the first elements of all pairs before the second ones, where ours
 *   alternate
 */
export function compareLatent(blocks: readonly Module[], halves: boolean): CompareState {
  return async (stage, state, expected) => {
    const { blocks: own } = state as unknown as { readonly blocks: readonly LatentState[] };
    const expanded = own.map((cache, layer) => {
      const { mixer } = blocks[layer] as Module & { readonly mixer: LatentAttention };
      return tidy(() => {
        const [latent, rotated] = [cache.keys, cache.values].map((part) => firstPositions(part, cache.length));
        const values = halves ? secondAfterFirst(rotated as Tensor4D) : (rotated as Tensor4D);
        return { ...cache, ...mixer.expand({ keys: latent as Tensor4D, values }) };
      }) as unknown as LatentState;
    });
    const findings = await comparePast(stage, { blocks: expanded } as unknown as StateTree, expected);
    for (const { keys, values } of expanded) for (const part of [keys, values]) part.dispose();
    return findings;
  };
}

export function hasLatentAttention(block: Module): boolean {
  return (block as Module & { readonly mixer?: unknown }).mixer instanceof LatentAttention;
}

/** [..., pairs * 2]: a b a b -> a a b b. */
function secondAfterFirst(x: Tensor4D): Tensor4D {
  const [batch, length, heads, size] = x.shape;
  const pairs = reshape(x, [batch, length, heads, size / 2, 2]);
  const [first, second] = [0, 1].map((place) => slice(pairs, [0, 0, 0, 0, place], [-1, -1, -1, -1, 1]));
  return reshape(transpose(concat([first!, second!], 4), [0, 1, 2, 4, 3]), [batch, length, heads, size]);
}
