import { bytesIn, deserialize, disposeState, reorder, scoped, serialize } from '@sequitur/core';
import { concat, dispose, memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectClose } from '../expect-close.js';
import { part, type Recurrence, readAll, row, waysToCut } from './recurrence.js';

export interface StateLawOptions {
  /** Sequence length in positions. */
  readonly length: number;
  readonly tolerance: number;
  /** Declared bytes of one sequence's state by its length. */
  readonly stateBytes?: ((length: number) => number) | undefined;
}

/** The laws of states: states are values, and the split into chunks does not matter. */
export function stateLaws(open: () => Promise<Recurrence>, options: StateLawOptions): void {
  const { length, tolerance } = options;
  const before = Math.ceil(length / 2);

  for (const [way, chunks] of Object.entries(waysToCut(length))) {
    it(`computes the same in one chunk as ${way}`, async () => {
      const recurrence = await open();
      const [found, wanted] = scoped(() => {
        const sequence = recurrence.draw(2, length, 'sequence');
        return [readAll(recurrence, sequence, chunks).output, readAll(recurrence, sequence, [length]).output];
      });
      await expectClose(found, wanted, tolerance);
      recurrence.dispose();
    });
  }

  it('leaves older states valid: another continuation changes nothing', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence');
      const other = recurrence.draw(2, length - before, 'other');
      const { state } = readAll(recurrence, part(sequence, 0, before), [before]);
      const rest = part(sequence, before, length - before);
      const first = readAll(recurrence, rest, [length - before], state).output;
      readAll(recurrence, other, [length - before], state);
      const second = readAll(recurrence, rest, [length - before], state).output;
      return [second, first];
    });
    await expectClose(found, wanted, tolerance / 10);
    recurrence.dispose();
  });

  it('continues from a reordered state as from those rows', async () => {
    const recurrence = await open();
    const rows = [2, 0, 0];
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(3, length, 'sequence');
      const { state } = readAll(recurrence, part(sequence, 0, before), [before]);
      const rest = part(sequence, before, length - before);
      const picked = concat(rows.map((index) => row(rest, index)));
      const after = readAll(recurrence, picked, [length - before], reorder(state, rows)).output;
      const alone = rows.map((index) => readAll(recurrence, row(sequence, index), [length]).output);
      return [after, part(concat(alone), before, length - before)];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });

  it('continues from a deserialized state as from the original', async () => {
    const recurrence = await open();
    const [sequence, state] = scoped(() => {
      const drawn = recurrence.draw(2, length, 'sequence');
      return [drawn, readAll(recurrence, part(drawn, 0, before), [before]).state] as const;
    });
    const again = deserialize(structuredClone(await serialize(state)));
    const [found, wanted] = scoped(() => {
      const rest = part(sequence, before, length - before);
      const chunks = [length - before];
      return [readAll(recurrence, rest, chunks, again).output, readAll(recurrence, rest, chunks, state).output];
    });
    await expectClose(found, wanted, tolerance / 10);
    for (const each of [state, again]) disposeState(each);
    dispose(sequence);
    recurrence.dispose();
  });

  it('computes each row of a batch independently', async () => {
    const recurrence = await open();
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(3, length, 'sequence');
      const together = readAll(recurrence, sequence, [length]).output;
      const alone = [0, 1, 2].map((index) => readAll(recurrence, row(sequence, index), [length]).output);
      return [together, concat(alone)];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });

  it('leaks no tensors when output and state are disposed', async () => {
    const recurrence = await open();
    const sequence = recurrence.draw(2, length, 'sequence');
    const resolved = memory().numTensors;
    const initial = recurrence.initState(2);
    const first = recurrence.read(part(sequence, 0, before), initial, {});
    const second = recurrence.read(part(sequence, before, length - before), first.state, {});
    dispose([first.output, second.output]);
    for (const state of [initial, first.state, second.state]) disposeState(state);
    expect(memory().numTensors - resolved, 'tensors left, besides the two input chunks').toBe(2);
    dispose(sequence);
    recurrence.dispose();
  });

  const { stateBytes } = options;
  if (!stateBytes) return;
  it('has a state of the declared size', async () => {
    const recurrence = await open();
    for (const count of [1, before, length]) {
      const measure = (chunks: number[]) =>
        scoped(() => bytesIn(readAll(recurrence, recurrence.draw(1, count, 'x'), chunks).state));
      expect(measure([count]), `${count} positions in one chunk`).toBe(stateBytes(count));
      expect(measure(new Array(count).fill(1)), `${count} positions one by one`).toBe(stateBytes(count));
    }
    recurrence.dispose();
  });
}
