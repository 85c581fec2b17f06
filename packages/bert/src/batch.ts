import { type EncodeContext, SequiturError, tokenTensor } from '@sequitur/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { Row } from './heads/labels.js';

/** A batch of sequences for an encoder, on the host; all rows have equal length. */
export interface TextBatch {
  /** Token ids. */
  readonly tokens: readonly Row[];
  /** Padding mask: 1 at real tokens, 0 at padding; absent: no padding. */
  readonly attentionMask?: readonly Row[] | undefined;
  /** Token type ids: 0 for the first text of a pair, 1 for the second. */
  readonly tokenTypes?: readonly Row[] | undefined;
  readonly positions?: readonly Row[] | undefined;
  /**
   * Global tokens: 1 where a token attends to all, for models with global attention; absent: the default of the head.
   */
  readonly globals?: readonly Row[] | undefined;
  /** 1 at tokens of the question, which cannot be part of an answer; absent: the default of the model's class. */
  readonly question?: readonly Row[] | undefined;
  /** Number of neighbouring rows that are choices of one question. */
  readonly choices?: number | undefined;
}

/** The positions where rows have a 1 and no padding. */
export function positionsOf(rows: readonly Row[], attentionMask?: readonly Row[]): number[][] {
  return rows.map((row, index) =>
    Array.from(row).flatMap((value, position) =>
      value && (attentionMask?.[index]?.[position] ?? 1) ? [position] : [],
    ),
  );
}

/** The batch as tensors, owned by the surrounding scope. */
export function tensorsOf(
  { tokens, attentionMask, tokenTypes, positions, question }: TextBatch,
  vocabularySize: number,
): { tokens: Tensor2D; context: EncodeContext; question: Tensor2D | undefined } {
  const ids = tokenTensor(tokens, vocabularySize);
  const [rows, length] = ids.shape;
  const matrix = (name: string, values: readonly Row[]) => {
    if (values.length !== rows || values.some((row) => row.length !== length)) {
      throw new SequiturError({
        where: `a batch of texts, ${name}`,
        expected: `${rows} rows of ${length}, as the tokens have`,
        got: `rows of ${values.map((row) => row.length).join(', ')}`,
      });
    }
    return tensor2d(Int32Array.from(values.flatMap((row) => Array.from(row))), [rows, length], 'int32');
  };
  return {
    tokens: ids,
    question: question && matrix('question', question),
    context: {
      ...(attentionMask && { attentionMask: matrix('attentionMask', attentionMask) }),
      ...(tokenTypes && { tokenTypes: matrix('tokenTypes', tokenTypes) }),
      ...(positions && { positions: matrix('positions', positions) }),
    },
  };
}
