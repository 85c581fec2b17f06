import { checkOptions, option, optionsOf, type Parameter } from '@sequitur/core';
import { add, mul, sign, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describeSchedule, type Schedule, scheduleOf } from '../schedules.js';
import { type DecaySettings, matrices, type Optimizer, optimizerRules, type UpdateContext } from './optimizer.js';
import { OptimizerState } from './state.js';

export interface LionSettings extends DecaySettings {
  /** The learning rate: a third to a tenth of AdamW's. */
  readonly learningRate: number | Schedule;
  /** Weight of the momentum in the direction of a step; default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the momentum; default 0.99. */
  readonly beta2?: number;
  /** Weight decay per step, times the learning rate: three to ten times AdamW's. Default 0. */
  readonly weightDecay?: number;
}

const lionOptions = optionsOf<LionSettings>({
  ...optimizerRules,
  beta1: option.optional(option.rate),
  beta2: option.optional(option.rate),
});

/**
 * Lion (Chen et al. 2023, algorithm 2): steps of constant size along the sign of the momentum. Its state is half the
 * size of Adam's. The caller disposes it.
 */
export function lion(settings: LionSettings): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0, decays = matrices } = checkOptions('lion', lionOptions, settings);
  const learningRate = scheduleOf(settings.learningRate);
  const state = new OptimizerState();
  return {
    learningRate,
    settings: { name: 'Lion', beta1, beta2, weightDecay, schedule: describeSchedule(learningRate) },
    state,
    decays: weightDecay ? decays : undefined,
    update: (path: string, parameter: Parameter, gradient: Tensor, { step, scale }: UpdateContext) => {
      const momentum = state.of('momentum', path, parameter.shape);
      const rate = learningRate(step);
      const decay = decays(path, parameter) ? 1 - rate * weightDecay : 1;
      const [moved, next] = tidy(() => {
        const g = mul(gradient, scale);
        const direction = sign(add(mul(momentum, beta1), mul(g, 1 - beta1)));
        const decayed = decay === 1 ? parameter.value : mul(parameter.value, decay);
        return [sub(decayed, mul(direction, rate)), add(mul(momentum, beta2), mul(g, 1 - beta2))] as [Tensor, Tensor];
      });
      parameter.assign(moved);
      momentum.assign(next);
      moved.dispose();
      next.dispose();
    },
    dispose: () => state.dispose(),
  };
}
