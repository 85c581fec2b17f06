import { type MixContext, scoped } from '@sequitur/core';
import { concat, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { expectClose } from '../expect-close.js';
import { part, type Recurrence, row } from './recurrence.js';

/**
 * Shorter texts are padded at the left: what the padding holds must change nothing, in the first chunk or after it.
 */
export function leftPaddingLaws(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  const padding = Math.min(2, length - 2);
  const first = length - 1;

  it('reads a text padded at the left as it reads the text alone', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence'); // row 0 begins with padding
      const prefix = recurrence.read(
        part(sequence, 0, first),
        recurrence.initState(2),
        paddedContext(padding, 0, first),
      );
      const next = recurrence.read(part(sequence, first, 1), prefix.state, paddedContext(padding, first, 1));
      const together = concat([prefix.output, next.output], 1);
      return [realPart(together, padding), wantedPart(recurrence, sequence, padding, length)];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });
}

/** Row 0 has `padding` positions before its text; row 1 has none. */
function paddedContext(padding: number, start: number, count: number): MixContext {
  const cells = (f: (row: number, column: number) => number): Tensor2D =>
    tensor2d(
      [0, 1].map((index) => Array.from({ length: count }, (_, i) => f(index, start + i))),
      [2, count],
      'int32',
    );
  return {
    attentionMask: cells((index, column) => (index === 0 && column < padding ? 0 : 1)),
    positions: cells((index, column) => Math.max(0, index === 0 ? column - padding : column)),
  };
}

/** The positions of both rows that are no padding, one row after the other. */
function realPart(output: Tensor, padding: number): Tensor {
  const length = output.shape[1]!;
  return concat([part(row(output, 0), padding, length - padding), row(output, 1)], 1);
}

function wantedPart(recurrence: Recurrence, sequence: Tensor, padding: number, length: number): Tensor {
  const short = part(row(sequence, 0), padding, length - padding);
  const alone = (text: Tensor) => recurrence.read(text, recurrence.initState(1), {}).output;
  return concat([alone(short), alone(row(sequence, 1))], 1);
}
