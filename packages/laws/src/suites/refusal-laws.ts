import { SequiturError, scoped } from '@sequitur/core';
import { ones, type Tensor, type Tensor2D, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

/** A reader of tokens, for the laws of refusals. It disposes the model. */
export interface TokenReader {
  read(tokens: Tensor2D, context: { readonly [name: string]: Tensor }): Tensor;
  dispose(): void;
}

const rows = (value: number): Tensor =>
  tensor2d(
    [
      [1, 1, 1, 1],
      [1, 1, 1, value],
    ],
    [2, 4],
    'float32',
  );

/** Invalid tokens, and other inputs that do not match the tokens, by the name in the message. */
const misfits: Record<string, { readonly tokens?: () => Tensor; readonly context?: () => Record<string, Tensor> }> = {
  'tokens of rank 1': { tokens: () => zeros([4], 'int32') },
  'tokens of rank 3': { tokens: () => zeros([2, 4, 1], 'int32') },
  'tokens that are float32': { tokens: () => zeros([2, 4]) },
  'no tokens': { tokens: () => zeros([2, 0], 'int32') },
  'no rows': { tokens: () => zeros([0, 4], 'int32') },
  'attentionMask of another length': { context: () => ({ attentionMask: ones([2, 5], 'int32') }) },
  'attentionMask of one row': { context: () => ({ attentionMask: ones([1, 4], 'int32') }) },
  'attentionMask of rank 3': { context: () => ({ attentionMask: ones([2, 4, 1], 'int32') }) },
  'attentionMask with 2': { context: () => ({ attentionMask: rows(2) }) },
  'attentionMask with -1': { context: () => ({ attentionMask: rows(-1) }) },
  'attentionMask with 0.5': { context: () => ({ attentionMask: rows(0.5) }) },
  'attentionMask with NaN': { context: () => ({ attentionMask: rows(Number.NaN) }) },
  'attentionMask of additive scores': { context: () => ({ attentionMask: rows(-Infinity) }) },
  'positions that are float32': { context: () => ({ positions: zeros([2, 4]) }) },
  'positions of one row': { context: () => ({ positions: zeros([1, 4], 'int32') }) },
};

/** A model refuses invalid inputs before it computes, and leaks no tensors. */
export function refusalLaws(open: () => Promise<TokenReader>): void {
  it.each(Object.keys(misfits))('refuses %s', async (name) => {
    const reader = await open();
    const { tokens = () => zeros([2, 4], 'int32'), context = () => ({}) } = misfits[name]!;
    let refusal: unknown;
    scoped(() => {
      try {
        reader.read(tokens() as Tensor2D, context());
      } catch (error) {
        refusal = error;
      }
    });
    expect(refusal, name).toBeInstanceOf(SequiturError);
    expect((refusal as Error).message).toContain(
      name.includes('okens') || name === 'no rows' ? 'tokens' : name.split(' ')[0]!,
    );
    reader.dispose();
  });
}
