import { adamWStep, checkOptions, option, optionsOf, type Parameter } from '@sequitur/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describeSchedule, type Schedule, scheduleOf } from '../schedules.js';
import { type DecaySettings, matrices, type Optimizer, optimizerRules, type UpdateContext } from './optimizer.js';
import { OptimizerState } from './state.js';

export interface AdamWSettings extends DecaySettings {
  readonly learningRate: number | Schedule;
  /** Decay rate of the first moment; default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the second moment; default 0.999. */
  readonly beta2?: number;
  /** Added to the root mean square gradient; default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay per step, times the learning rate; default 0.01. */
  readonly weightDecay?: number;
}

export const adamWOptions = optionsOf<AdamWSettings>({
  ...optimizerRules,
  beta1: option.optional(option.rate),
  beta2: option.optional(option.rate),
  epsilon: option.optional(option.positive),
});

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2): Adam with decoupled weight decay. Moments and update counts are kept
 * per parameter path: a missing gradient affects only that parameter. The caller disposes the optimizer.
 */
export function adamW(settings: AdamWSettings): Optimizer {
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
    decays = matrices,
  } = checkOptions('adamW', adamWOptions, settings);
  const learningRate = scheduleOf(settings.learningRate);
  const state = new OptimizerState();
  return {
    learningRate,
    settings: { name: 'AdamW', beta1, beta2, epsilon, weightDecay, schedule: describeSchedule(learningRate) },
    state,
    decays: weightDecay ? decays : undefined,
    update: (path: string, parameter: Parameter, gradient: Tensor, { step, scale }: UpdateContext) =>
      adamWStep({
        parameter: parameter.value,
        gradient,
        firstMoment: state.of('firstMoment', path, parameter.shape),
        secondMoment: state.of('secondMoment', path, parameter.shape),
        scale,
        learningRate: learningRate(step),
        ...{ beta1, beta2, epsilon, step: state.countUpdate(path) },
        weightDecay: decays(path, parameter) ? weightDecay : 0,
      }),
    dispose: () => state.dispose(),
  };
}
