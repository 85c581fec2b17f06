import { layerNorm, rmsNorm } from '@sequitur/core';
import { type Operation, withGradients } from './operation.js';

/**
 * Layer norm if there is a bias, else RMS norm, gated if there is `z`; the case's name says whether 1 is added to the
 * weight.
 */
export const norms: Operation = (given) => {
  const epsilon = given.attribute<number>('eps')!;
  if (given.has('bias')) {
    return withGradients(given, ['x', 'weight', 'bias'], (x, weight, bias) => layerNorm(x!, weight!, bias!, epsilon));
  }
  if (!given.has('z')) {
    const weightOffset = given.name.includes('1_plus_w') ? 1 : 0;
    return withGradients(given, ['x', 'weight'], (x, weight) => rmsNorm(x!, weight!, epsilon, { weightOffset }));
  }
  const groupSize = given.attribute<number | null>('group_size') ?? undefined;
  const normBeforeGate = given.attribute<boolean>('norm_before_gate') ?? false;
  return withGradients(given, ['x', 'weight', 'z'], (x, weight, gate) =>
    rmsNorm(x!, weight!, epsilon, { gate: gate!, normBeforeGate, ...(groupSize && { groupSize }) }),
  );
};
