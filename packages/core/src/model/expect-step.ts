import { Tensor } from '@tensorflow/tfjs-core';
import { expectUsable } from '../backends/expect-usable.js';
import { SequiturError } from '../errors.js';
import { expectTensor } from '../ops/expect-tensor.js';
import { checkArgument, option, showValue } from '../options/index.js';
import { showShape } from '../shape.js';
import type { EncodeContext, MixContext } from './model.js';
import { maskRows } from './padding.js';
import { numbersIn, type StateTree, tensorsIn } from './state-tree.js';

/**
 * Checks the tokens of a step.
 *
 * @throws SequiturError where they are not int32 [batch, length] with at least one token
 */
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

/** @throws SequiturError where the number of sequences of a new state is no count */
export function expectBatchSize(where: string, batchSize: number): void {
  checkArgument(`${where}.initState, batchSize`, option.countOrNone, batchSize);
}

/** The inputs of a step other than the tokens, with known shapes. */
interface Chunk {
  readonly batch: number;
  readonly length: number;
}

/** Dtypes of the inputs other than tokens. */
const MASK_TYPES: Readonly<Record<string, readonly string[]>> = {
  attentionMask: ['int32', 'float32', 'bool'],
  resets: ['int32', 'float32', 'bool'],
  positions: ['int32'],
  tokenTypes: ['int32'],
};

/**
 * Checks the masks, positions and token types of a step.
 *
 * @throws SequiturError where one of them is not [batch, length] like the chunk of tokens or has another dtype, or
 *   where a mask holds anything but 0 and 1
 */
export function expectMasks(
  where: string,
  masks: Pick<MixContext, 'attentionMask' | 'positions' | 'resets'> & { readonly tokenTypes?: Tensor | undefined },
  { batch, length }: Chunk,
): void {
  checkArgument(`${where}, context`, anyContext, masks);
  const { attentionMask, positions, resets, tokenTypes } = masks;
  for (const [name, mask] of Object.entries({ attentionMask, positions, resets, tokenTypes })) {
    if (mask === undefined) continue;
    const of = `${where}, ${name}`;
    expectUsable(of, mask);
    const types = MASK_TYPES[name]!;
    if (!types.includes(mask.dtype)) {
      throw new SequiturError({ where: of, expected: `dtype ${types.join(' or ')}`, got: mask.dtype });
    }
    if (mask.rank !== 2 || mask.shape[0] !== batch || mask.shape[1] !== length) {
      throw new SequiturError({
        where: of,
        expected: `shape [${batch}, ${length}], as the chunk of tokens`,
        got: showShape(mask.shape),
      });
    }
    if (name === 'attentionMask' || name === 'resets') expectOnesAndZeros(of, mask);
  }
  if (attentionMask && resets) expectNoResetAtPadding(where, attentionMask, resets);
}

const anyContext = option.kind(
  'an object',
  (context) => typeof context === 'object' && context !== null && !Array.isArray(context),
);

/** Must run before a GPU first reads the mask: its values leave the host then. */
function expectOnesAndZeros(where: string, mask: Tensor): void {
  for (const [row, values] of (maskRows(mask) ?? []).entries()) {
    const column = values.findIndex((value) => value !== 0 && value !== 1);
    if (column < 0) continue;
    throw new SequiturError({
      where: `${where}, row ${row}, column ${column}`,
      expected: '1 or 0',
      got: String(values[column]),
    });
  }
}

function expectNoResetAtPadding(where: string, attentionMask: Tensor, resets: Tensor): void {
  const [real, begins] = [maskRows(attentionMask) ?? [], maskRows(resets) ?? []];
  for (const [row, values] of begins.entries()) {
    const column = values.findIndex((value, index) => value === 1 && real[row]?.[index] === 0);
    if (column < 0) continue;
    throw new SequiturError({
      where: `${where}, resets, row ${row}, column ${column}`,
      expected: 'a sequence that begins with a token',
      got: 'one that begins with padding',
      fix: 'Set 1 at the first token after the padding',
    });
  }
}

/**
 * Checks the inputs of an encoder.
 *
 * @throws SequiturError where one has an invalid rank, dtype, shape or value
 */
export function expectEncoded(where: string, tokens: Tensor, context: EncodeContext): void {
  expectTokens(where, tokens);
  expectMasks(where, context, { batch: tokens.shape[0]!, length: tokens.shape[1]! });
}

/**
 * Checks the state of a step.
 *
 * @throws SequiturError where it has another batch size or number of blocks, was disposed, or where one of its counts
 *   is not an integer of at least 0
 */
export function expectState(where: string, state: StateTree, batch: number, blocks?: number): void {
  const given = (state as { readonly blocks?: unknown } | null | undefined)?.blocks;
  const parts = Array.isArray(given) ? given : undefined;
  if (typeof state !== 'object' || state === null || (blocks !== undefined && parts?.length !== blocks)) {
    throw new SequiturError({
      where: `${where}, state`,
      expected: blocks === undefined ? 'the state of a model' : `a state of ${blocks} blocks`,
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
        expected: 'a state that was not disposed',
        got: 'one that was disposed',
        fix: 'Dispose a state only after the last step from it',
      });
    }
    if (tensor.shape[0] === batch) continue;
    throw new SequiturError({
      where: `${where}, state`,
      expected: `a state of ${batch} rows, like the tokens`,
      got: `a tensor of shape ${showShape(tensor.shape)}`,
      fix: `Start from initState(${batch}), or select its rows with reorder(state, rows)`,
    });
  }
}

/**
 * Checks the tensors in the state of a mixer, which may come from a file.
 *
 * @throws SequiturError where one is missing or has another shape or dtype
 */
export function expectStateTensors(
  where: string,
  state: unknown,
  shapes: Readonly<Record<string, readonly (number | 'any')[]>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const found = (state as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    const tensor = found instanceof Tensor ? found : undefined;
    const fits =
      tensor?.dtype === 'float32' &&
      tensor.rank === shape.length &&
      shape.every((size, axis) => size === 'any' || size === tensor.shape[axis]);
    if (fits) continue;
    throw new SequiturError({
      where: `${where}, state`,
      expected: `float32 ${name} of shape [${shape.join(', ')}]`,
      got: tensor ? `${tensor.dtype} ${showShape(tensor.shape)}` : showValue(found),
      fix: 'Pass a state that this model returned, or its initState(batchSize)',
    });
  }
}
