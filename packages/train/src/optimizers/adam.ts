import { adamWStep, checkOptions, type Parameter } from '@sequitur/core';
import { add, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describeSchedule, scheduleOf } from '../schedules.js';
import { type AdamWSettings, adamWOptions } from './adam-w.js';
import { matrices, type Optimizer, type UpdateContext } from './optimizer.js';
import { OptimizerState } from './state.js';

/** The settings of Adam: those of AdamW, but weightDecay is added to the gradient and defaults to 0. */
export type AdamSettings = AdamWSettings;

/** Adam (Kingma and Ba 2015, algorithm 1); weight decay, if any, is added to the gradient. The caller disposes it. */
export function adam(settings: AdamSettings): Optimizer {
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0,
    decays = matrices,
  } = checkOptions('adam', adamWOptions, settings);
  const learningRate = scheduleOf(settings.learningRate);
  const state = new OptimizerState();
  return {
    learningRate,
    settings: { name: 'Adam', beta1, beta2, epsilon, weightDecay, schedule: describeSchedule(learningRate) },
    state,
    decays: weightDecay ? decays : undefined,
    update: (path: string, parameter: Parameter, gradient: Tensor, { step, scale }: UpdateContext) => {
      const decay = decays(path, parameter) ? weightDecay : 0;
      const decayed = decay ? tidy(() => add(mul(gradient, scale), mul(parameter.value, decay))) : null;
      adamWStep({
        parameter: parameter.value,
        gradient: decayed ?? gradient,
        firstMoment: state.of('firstMoment', path, parameter.shape),
        secondMoment: state.of('secondMoment', path, parameter.shape),
        scale: decayed ? 1 : scale,
        learningRate: learningRate(step),
        ...{ beta1, beta2, epsilon, step: state.countUpdate(path) },
        weightDecay: 0,
      });
      decayed?.dispose();
    },
    dispose: () => state.dispose(),
  };
}
