import { type StepContext, scoped } from '@sequitur/core';
import { concat, type Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectClose } from '../expect-close.js';
import { part, type Recurrence, readAll } from './recurrence.js';

/** The laws of causal models and mixers. */
export function causalityLaws(open: () => Promise<Recurrence>, length: number, tolerance: number): void {
  it('lets no output depend on a later position', async () => {
    const recurrence = await open();
    const same = Math.ceil(length / 2);
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence');
      const other = recurrence.draw(2, length - same, 'other');
      const changed = concat([part(sequence, 0, same), other], 1);
      const start = (whole: Tensor) => part(readAll(recurrence, whole, [length]).output, 0, same);
      return [start(changed), start(sequence)];
    });
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });

  it('lets outputs depend on earlier positions', async () => {
    const recurrence = await open();
    const last = scoped(() => {
      const sequence = recurrence.draw(1, length, 'sequence');
      const changed = concat([recurrence.draw(1, 1, 'other'), part(sequence, 1, length - 1)], 1);
      const end = (whole: Tensor) => part(readAll(recurrence, whole, [length]).output, length - 1, 1);
      return [end(sequence), end(changed)];
    });
    const [one, other] = await Promise.all(last.map((tensor) => tensor.data()));
    expect(Math.max(...one!.map((value, i) => Math.abs(value - other![i]!)))).toBeGreaterThan(0);
    for (const tensor of last) tensor.dispose();
    recurrence.dispose();
  });

  it('computes the same with an observer', async () => {
    const recurrence = await open();
    const names: string[] = [];
    const [found, wanted] = scoped(() => {
      const sequence = recurrence.draw(2, length, 'sequence');
      const read = (context: StepContext) => recurrence.read(sequence, recurrence.initState(2), context).output;
      const observe = (name: string, tensor: Tensor) => {
        expect(tensor.isDisposed, name).toBe(false);
        names.push(name);
      };
      return [read({ observe }), read({})];
    });
    expect(new Set(names).size, `names observed: ${names.join(', ')}`).toBe(names.length);
    await expectClose(found, wanted, tolerance);
    recurrence.dispose();
  });
}
