import { it } from 'vitest';
import { causalityLaws } from './causality-laws.js';
import { type Gradients, gradientsOf, weighedReading } from './differentiable.js';
import { expectSameGradients, gradientLaws } from './gradient-laws.js';
import type { RecurrentLawOptions } from './law-options.js';
import { packingLaws, packingRefusal } from './packing-laws.js';
import { innerPaddingLaws, leftPaddingLaws, paddingRefusal } from './padding-laws.js';
import type { Recurrence } from './recurrence.js';
import { stateLaws } from './state-laws.js';

/**
 * The laws of recurrences: causality, states, gradients, padding and packing.
 *
 * @param agreed gradients of the references on the first backend, shared by the suites of all backends
 */
export function recurrenceLaws(
  open: () => Promise<Recurrence>,
  options: RecurrentLawOptions,
  agreed: { first?: Gradients },
): void {
  const { cost, tolerance = 3e-5, length = 9, leftPadding = true, gradientThroughState = true } = options;
  stateLaws(open, {
    length,
    tolerance,
    stateBytes: options.stateBytes ?? (cost && ((count) => cost(count).stateBytes)),
  });
  causalityLaws(open, length, tolerance);
  if (leftPadding) leftPaddingLaws(open, length, tolerance);
  else paddingRefusal(open, length, 'before');
  if (options.innerPadding ?? leftPadding) innerPaddingLaws(open, length, tolerance);
  else paddingRefusal(open, length, 'inside');
  if (options.packing ?? true) packingLaws(open, length, tolerance);
  else packingRefusal(open, length);
  gradientLaws(async () => weighedReading(await open(), length, [length]), { ...options, tolerance, agreed });
  if (!gradientThroughState) return;

  it('has the same gradient through the state of two chunks as in one', async () => {
    const recurrence = await open();
    const half = Math.ceil(length / 2);
    const one = await gradientsOf(weighedReading(recurrence, length, [length]));
    const two = await gradientsOf(weighedReading(recurrence, length, [half, length - half]));
    expectSameGradients(two, one, tolerance);
    recurrence.dispose();
  });
}
