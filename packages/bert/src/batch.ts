import { type EncodeContext, SequiturError, tokenTensor } from '@sequitur/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { Row } from './heads/labels.js';

/** Texts for an encoder, on the host; all rows are equally long. */
export interface TextBatch {
  /** Token ids. */
  readonly tokens: readonly Row[];
  /** 1 where there is a real token, 0 at padding; absent: all real. */
  readonly attentionMask?: readonly Row[] | undefined;
  /** 0 for the first text of a pair, 1 for the second. */
  readonly tokenTypes?: readonly Row[] | undefined;
  readonly positions?: readonly Row[] | undefined;
  /** 1 where a token sees all and is seen by all, for the models that have such; absent: as the head needs it. */
  readonly globals?: readonly Row[] | undefined;
  /** 1 where a token belongs to the question, in which no answer is looked for; absent: as the model's class has it. */
  readonly question?: readonly Row[] | undefined;
  /** How many neighbouring rows are choices of one question. */
  readonly choices?: number | undefined;
}

/** Where the rows have a 1, and no padding. */
export function positionsOf(rows: readonly Row[], attentionMask?: readonly Row[]): number[][] {
  return rows.map((row, index) =>
    Array.from(row).flatMap((value, position) =>
      value && (attentionMask?.[index]?.[position] ?? 1) ? [position] : [],
    ),
  );
}

/** The batch as tensors, which belong to the scope around. */
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
