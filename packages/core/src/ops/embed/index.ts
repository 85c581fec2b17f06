import { type Tensor, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { checkOptions, option, optionsOf } from '../../options/index.js';
import { showShape } from '../../shape.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { checkIntegers } from '../values-on-host.js';
import { embedGradient } from './gradient.js';
import { type EmbedAttributes, embedReference } from './reference.js';
import { embedWasm } from './wasm.js';

/** {table, ids} -> [rows]. */
const embedOp = defineOp<EmbedAttributes>({
  name: 'SequiturEmbed',
  reference: ({ table, ids }) => [embedReference(table!, ids!)],
  gradient: {
    inputsToSave: ['table', 'ids'],
    of: ([dy], [table, ids], { padding }) => ({
      table: () => embedGradient({ dy: dy!, ids: ids! }, { padding, vocabularySize: table!.shape[0]! })[0]!,
      ids: () => zeros(ids!.shape), // of ids that were computed, as by a router
    }),
  },
  kernels: { wasm: embedWasm, webgpu: onWebGpu(({ embedWebGpu }) => embedWebGpu) },
});

export interface EmbedOptions {
  /** The id whose row gets no gradient, `padding_idx` of PyTorch. */
  readonly padding?: number | null;
}

const embedOptions = optionsOf<EmbedOptions>({
  padding: option.optional(option.either('an integer of at least 0, or null', option.countOrNone, option.oneOf(null))),
});

/** No padding id: ids are never negative. */
const NO_PADDING = -1;

/**
 * Embedding lookup: one row of the table for each id.
 *
 * @param table float32 [vocabulary, width]
 * @param ids int32 [...], each in [0, vocabulary)
 * @returns float32 [..., width], which the caller disposes; differentiable by the table
 * @throws SequiturError when a shape, a dtype or (where the ids are on the host) an id does not match
 */
export function embed(table: Tensor2D, ids: Tensor, options: EmbedOptions = {}): Tensor {
  const { padding = null } = checkOptions('embed', embedOptions, options);
  expectTensor('embed, table', table);
  expectTensor('embed, ids', ids, { dtype: 'int32' });
  if (table.rank !== 2) {
    throw new SequiturError({
      where: 'embed, table',
      expected: 'shape [vocabulary, width]',
      got: showShape(table.shape),
    });
  }
  checkIntegers('embed, ids', ids, { below: table.shape[0], columns: ids.rank > 1 ? ids.shape.at(-1) : undefined });
  return embedOp({ table, ids }, { padding: padding ?? NO_PADDING })[0]!;
}
