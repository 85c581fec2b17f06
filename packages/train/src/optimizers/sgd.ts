import type { Parameter } from '@sequitur/core';
import { add, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describeSchedule, type Schedule, scheduleOf } from '../schedules.js';
import { type DecaySettings, matrices, type Optimizer, type UpdateContext } from './optimizer.js';
import { OptimizerState } from './state.js';

export interface SgdSettings extends DecaySettings {
  readonly learningRate: number | Schedule;
  /** How much of the last direction is kept; default 0. */
  readonly momentum?: number;
  /** How much less of a new gradient enters the momentum; default 0. */
  readonly dampening?: number;
  /** Looks ahead along the momentum (Sutskever et al. 2013); default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent with momentum, in the arithmetic of torch.optim.SGD. The caller disposes it. */
export function sgd(settings: SgdSettings): Optimizer {
  const { momentum = 0, dampening = 0, nesterov = false, weightDecay = 0, decays = matrices } = settings;
  const learningRate = scheduleOf(settings.learningRate);
  const memory = new OptimizerState();
  /** The momentum after this gradient; the first one enters whole. */
  const remembered = (path: string, parameter: Parameter, gradient: Tensor): Tensor => {
    const isFirst = !memory.has('momentum', path);
    const velocity = memory.of('momentum', path, parameter.shape);
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
    memory,
    update: (path: string, parameter: Parameter, gradient: Tensor, { step, scale }: UpdateContext) => {
      const moved = tidy(() => {
        const scaled = mul(gradient, scale);
        const decay = decays(path, parameter) ? weightDecay : 0;
        const slope = decay ? add(scaled, mul(parameter.value, decay)) : scaled;
        if (momentum === 0) return sub(parameter.value, mul(slope, learningRate(step)));
        const velocity = remembered(path, parameter, slope);
        const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
        return sub(parameter.value, mul(direction, learningRate(step)));
      });
      parameter.assign(moved);
      moved.dispose();
    },
    dispose: () => memory.dispose(),
  };
}
