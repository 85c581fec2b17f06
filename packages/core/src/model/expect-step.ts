import type { Tensor } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { expectTensor } from '../ops/expect-tensor.js';
import { showShape } from '../shape.js';
import type { MixContext } from './model.js';
import { numbersIn, type StateTree, tensorsIn } from './state-tree.js';

/** @throws SequiturError where tokens are not int32 [batch, length] with at least one */
export function expectTokens(where: string, tokens: Tensor): void {
  expectTensor(`${where}, tokens`, tokens, { dtype: 'int32' });
  if (tokens.rank === 2 && tokens.size > 0) return;
  throw new SequiturError({
    where: `${where}, tokens`,
    expected: 'shape [batch, length] with at least one token',
    got: showShape(tokens.shape),
    ...(tokens.rank === 1 && { fix: 'Make the list of one sequence a batch: tensor2d([ids])' }),
  });
}

/** What stands beside a chunk, as far as its shape is known. */
interface Chunk {
  readonly batch: number;
  readonly length: number;
}

/** @throws SequiturError where a mask or the positions are not [batch, length], as the chunk is */
export function expectMasks(
  where: string,
  masks: Pick<MixContext, 'attentionMask' | 'positions' | 'resets'> & { readonly tokenTypes?: Tensor | undefined },
  { batch, length }: Chunk,
): void {
  const { attentionMask, positions, resets, tokenTypes } = masks;
  for (const [name, mask] of Object.entries({ attentionMask, positions, resets, tokenTypes })) {
    if (!mask || (mask.rank === 2 && mask.shape[0] === batch && mask.shape[1] === length)) continue;
    throw new SequiturError({
      where: `${where}, ${name}`,
      expected: `shape [${batch}, ${length}], as the chunk of tokens`,
      got: showShape(mask.shape),
    });
  }
}

/**
 * @throws SequiturError where a state is of another batch, of a model with another number of blocks, or disposed, or where
 *   one of its counts is none
 */
export function expectState(where: string, state: StateTree, batch: number, blocks?: number): void {
  const parts = (state as { readonly blocks?: readonly StateTree[] }).blocks;
  if (blocks !== undefined && parts?.length !== blocks) {
    throw new SequiturError({
      where: `${where}, state`,
      expected: `that of ${blocks} blocks`,
      got: parts ? `${parts.length} blocks` : 'no blocks',
      fix: "Start from this model's own initState(batchSize)",
    });
  }
  const wrong = numbersIn(state).find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) {
    throw new SequiturError({ where: `${where}, state`, expected: 'counts of positions', got: String(wrong) });
  }
  for (const tensor of tensorsIn(state)) {
    if (tensor.isDisposed) {
      throw new SequiturError({
        where: `${where}, state`,
        expected: 'a state that still has its tensors',
        got: 'one that was disposed',
        fix: 'Keep a state until every step from it is done',
      });
    }
    if (tensor.shape[0] === batch) continue;
    throw new SequiturError({
      where: `${where}, state`,
      expected: `that of ${batch} rows, as the tokens have`,
      got: `a tensor of shape ${showShape(tensor.shape)}`,
      fix: `Start from initState(${batch}), or bring the rows into place with reorder(state, rows)`,
    });
  }
}
