import { checkOptions, option, optionsOf, type Parameter, SequiturError } from '@sequitur/core';
import { add, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describeSchedule, type Schedule, scheduleOf } from '../schedules.js';
import { type DecaySettings, matrices, type Optimizer, optimizerRules, type UpdateContext } from './optimizer.js';
import { OptimizerState } from './state.js';

export interface SgdSettings extends DecaySettings {
  readonly learningRate: number | Schedule;
  /** Momentum factor; default 0. */
  readonly momentum?: number;
  /** Dampening of the momentum; default 0. */
  readonly dampening?: number;
  /** Nesterov momentum (Sutskever et al. 2013); default false. */
  readonly nesterov?: boolean;
  /** Weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

const sgdOptions = optionsOf<SgdSettings>({
  ...optimizerRules,
  momentum: option.optional(option.rate),
  dampening: option.optional(option.share),
  nesterov: option.optional(option.flag),
});

/** Stochastic gradient descent with momentum, with the arithmetic of torch.optim.SGD. The caller disposes it. */
export function sgd(settings: SgdSettings): Optimizer {
  const {
    momentum = 0,
    dampening = 0,
    nesterov = false,
    weightDecay = 0,
    decays = matrices,
  } = checkOptions('sgd', sgdOptions, settings);
  checkMomentum(momentum, dampening, nesterov);
  const learningRate = scheduleOf(settings.learningRate);
  const state = new OptimizerState();
  /** The momentum after this gradient; the first gradient enters undamped. */
  const momentumOf = (path: string, parameter: Parameter, gradient: Tensor): Tensor => {
    const isFirst = !state.has('momentum', path);
    const velocity = state.of('momentum', path, parameter.shape);
    const next = isFirst ? gradient.clone() : add(mul(velocity, momentum), mul(gradient, 1 - dampening));
    velocity.assign(next);
    return next;
  };
  return {
    learningRate,
    settings: {
      ...{ name: 'SGD', momentum, dampening, nesterov, weightDecay },
      schedule: describeSchedule(learningRate),
    },
    state,
    decays: weightDecay ? decays : undefined,
    update: (path: string, parameter: Parameter, gradient: Tensor, { step, scale }: UpdateContext) => {
      const moved = tidy(() => {
        const scaled = mul(gradient, scale);
        const decay = decays(path, parameter) ? weightDecay : 0;
        const slope = decay ? add(scaled, mul(parameter.value, decay)) : scaled;
        if (momentum === 0) return sub(parameter.value, mul(slope, learningRate(step)));
        const velocity = momentumOf(path, parameter, slope);
        const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
        return sub(parameter.value, mul(direction, learningRate(step)));
      });
      parameter.assign(moved);
      moved.dispose();
    },
    dispose: () => state.dispose(),
  };
}

/** Refuses settings without effect or meaning: dampening and Nesterov without momentum, and both together. */
function checkMomentum(momentum: number, dampening: number, nesterov: boolean): void {
  const got = `momentum ${momentum}, dampening ${dampening}, nesterov ${nesterov}`;
  if (momentum === 0 && (nesterov || dampening > 0)) {
    throw new SequiturError({ where: 'sgd', expected: 'momentum above 0 with nesterov or dampening', got });
  }
  if (nesterov && dampening > 0) throw new SequiturError({ where: 'sgd', expected: 'no dampening with nesterov', got });
}
