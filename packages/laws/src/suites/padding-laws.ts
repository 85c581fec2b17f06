import { type MixContext, scoped } from '@sequitur/core';
import { concat, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectClose } from '../expect-close.js';
import { part, type Recurrence, row } from './recurrence.js';

/** Padding at the left and the tokens in it change nothing, in the first chunk or in later ones. */
export function leftPaddingLaws(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  const padding = Math.min(2, length - 2);
  const first = length - 1;

  it('is unaffected by padding at the left', async () => {
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

/**
 * Padding before, inside and after a sequence, in the first chunk after a state that is not empty, changes neither the
 * output of the real positions nor the state.
 */
export function innerPaddingLaws(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  const before = 2;
  const visible = Array.from({ length: length - before - 1 }, (_, i) => Number(i % 3 !== 0)); // 0 1 1 0 1 1 ..
  visible[visible.length - 1] = 0;

  it('is unaffected by padding before, inside and after a sequence, from a state that is not empty', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence');
      const whole = Array.from({ length: visible.length }, () => 1);
      const start = recurrence.read(part(sequence, 0, before), recurrence.initState(2), {}).state;
      const chunk = part(sequence, before, visible.length);
      const padded = recurrence.read(chunk, start, maskedContext([visible, whole], before));
      const real = visible.reduce((sum, value) => sum + value, before);
      const next = recurrence.read(part(sequence, length - 1, 1), padded.state, {
        positions: tensor2d([[real], [length - 1]], [2, 1], 'int32'),
      });
      const kept = visible.flatMap((value, index) => (value ? [part(row(chunk, 0), index, 1)] : []));
      const short = concat([part(row(sequence, 0), 0, before), ...kept, part(row(sequence, 0), length - 1, 1)], 1);
      const alone = (text: Tensor) => {
        const { output } = recurrence.read(text, recurrence.initState(1), {});
        return part(output, before, output.shape[1]! - before);
      };
      const written = visible.flatMap((value, index) => (value ? [part(row(padded.output, 0), index, 1)] : []));
      return [
        concat([...written, row(next.output, 0), row(padded.output, 1), row(next.output, 1)], 1),
        concat([alone(short), alone(row(sequence, 1))], 1),
      ];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });
}

/** The law of models that count positions: padding there is refused, in the first chunk and where a row continues after it. */
export function paddingRefusal(open: () => Promise<Recurrence>, length: number, place: 'before' | 'inside'): void {
  it(`refuses padding ${place === 'before' ? 'before the tokens' : 'between tokens'}`, async () => {
    const recurrence = await open();
    const whole = Array.from({ length }, () => 1);
    const hidden = (from: number, count: number) => whole.map((_, i) => Number(i < from || i >= from + count));
    const padded = place === 'before' ? hidden(0, 2) : hidden(1, 2);
    const refusal = /attentionMask|padding/;
    scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence');
      expect(() => recurrence.read(sequence, recurrence.initState(2), maskedContext([whole, padded], 0))).toThrow(
        refusal,
      );
    });
    if (place === 'inside') {
      expect(() =>
        scoped(() => {
          const sequence = recurrence.draw(2, length, 'sequence');
          const half = Math.ceil(length / 2);
          const ends = maskedContext([whole.slice(0, half), hidden(half - 1, 1).slice(0, half)], 0);
          const { state } = recurrence.read(part(sequence, 0, half), recurrence.initState(2), ends);
          const continued = maskedContext([whole.slice(half), whole.slice(half)], half);
          recurrence.read(part(sequence, half, length - half), state, continued);
        }),
      ).toThrow(refusal);
    }
    recurrence.dispose();
  });
}

/** The law of bidirectional models: padding before, after or inside a sequence changes nothing. */
export function bidirectionalPaddingLaw(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  const padding = 3;

  it('is unaffected by padding at the left, at the right and inside', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(3, length, 'sequence');
      const hides = [
        (i: number) => i < padding,
        (i: number) => i >= length - padding,
        (i: number) => i % 3 === 1 && i < 3 * padding,
      ];
      const visible = hides.map((isHidden) => Array.from({ length }, (_, i) => Number(!isHidden(i))));
      const padded = recurrence.read(sequence, recurrence.initState(3), maskedContext(visible, 0)).output;
      const kept = (x: Tensor, index: number) =>
        concat(
          visible[index]!.flatMap((value, i) => (value ? [part(row(x, index), i, 1)] : [])),
          1,
        );
      const alone = (index: number) => recurrence.read(kept(sequence, index), recurrence.initState(1), {}).output;
      const rows = [0, 1, 2];
      return [
        concat(
          rows.map((index) => kept(padded, index)),
          1,
        ),
        concat(rows.map(alone), 1),
      ];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });
}

/** Position ids that count the real tokens, from `seen` on. */
function maskedContext(visible: readonly number[][], seen: number): MixContext {
  const positions = visible.map((row) => {
    let real = seen;
    return row.map((value) => (value ? real++ : Math.max(0, real - 1)));
  });
  const shape: [number, number] = [visible.length, visible[0]!.length];
  return {
    attentionMask: tensor2d(visible.flat(), shape, 'int32'),
    positions: tensor2d(positions.flat(), shape, 'int32'),
  };
}

/** Row 0 begins with `padding` positions of padding; row 1 has none. */
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

/** The real positions of both rows, one row after the other. */
function realPart(output: Tensor, padding: number): Tensor {
  const length = output.shape[1]!;
  return concat([part(row(output, 0), padding, length - padding), row(output, 1)], 1);
}

function wantedPart(recurrence: Recurrence, sequence: Tensor, padding: number, length: number): Tensor {
  const short = part(row(sequence, 0), padding, length - padding);
  const alone = (text: Tensor) => recurrence.read(text, recurrence.initState(1), {}).output;
  return concat([alone(short), alone(row(sequence, 1))], 1);
}
