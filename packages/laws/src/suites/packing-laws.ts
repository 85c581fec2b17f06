import { type MixContext, scoped } from '@sequitur/core';
import { concat, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectClose } from '../expect-close.js';
import { part, type Recurrence, readAll, row } from './recurrence.js';

/** Number of positions read before the packed chunk. */
const BEFORE = 2;

/**
 * The laws of packing several sequences into one row: each gives the same output as alone, independent of earlier
 * sequences in the row or in the state, and the state continues the last one.
 */
export function packingLaws(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  const packed = length - BEFORE;
  const cut = Math.floor(packed / 2);

  it('computes packed sequences as each alone, from a state that is not empty', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const before = recurrence.draw(2, BEFORE, 'before');
      const sequence = recurrence.draw(2, packed, 'sequence');
      const start = readAll(recurrence, before, [BEFORE]).state;
      // Row 0 continues its sequence before the next one begins; row 1 begins a new one at once.
      const first = recurrence.read(part(sequence, 0, packed - 1), start, resetsAt([cut, 0], packed - 1));
      const last = recurrence.read(part(sequence, packed - 1, 1), first.state, {});
      const continued = readAll(recurrence, concat([row(before, 0), part(row(sequence, 0), 0, cut)], 1), [
        BEFORE + cut,
      ]);
      const alone = (text: Tensor) => readAll(recurrence, text, [text.shape[1]!]).output;
      return [
        concat([concat([row(first.output, 0), row(first.output, 1)], 1), row(last.output, 0), row(last.output, 1)], 1),
        concat(
          [
            part(continued.output, BEFORE, cut),
            part(alone(part(row(sequence, 0), cut, packed - cut)), 0, packed - cut - 1),
            part(alone(row(sequence, 1)), 0, packed - 1),
            part(alone(part(row(sequence, 0), cut, packed - cut)), packed - cut - 1, 1),
            part(alone(row(sequence, 1)), packed - 1, 1),
          ],
          1,
        ),
      ];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });
}

/** The law of models without packing: resets are refused. */
export function packingRefusal(open: () => Promise<Recurrence>, length: number): void {
  it('refuses packed sequences', async () => {
    const recurrence = await open();
    expect(() =>
      scoped(
        () =>
          recurrence.read(recurrence.draw(2, length, 'x'), recurrence.initState(2), resetsAt([1, 2], length)).output,
      ),
    ).toThrow('expected one sequence in each row, got resets');
    recurrence.dispose();
  });
}

function resetsAt(places: readonly number[], length: number): MixContext {
  return { resets: tensor2d(places.map((place) => Array.from({ length }, (_, i) => Number(i === place)))) };
}
