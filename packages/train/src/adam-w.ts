import { adamWStep, type Parameter } from '@sequitur/core';
import { type Scalar, type Tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.js';
import { constantRate, type Schedule } from './schedule.js';

export interface AdamWSettings {
  readonly learningRate: number | Schedule;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters decay; default all of rank 2 and more, so no biases and no norms. */
  readonly decays?: (path: string, parameter: Parameter) => boolean;
}

interface Moments {
  readonly first: Variable;
  readonly second: Variable;
}

/**
 * AdamW (Loshchilov and Hutter 2019). Moments belong to a parameter's path: a gradient that is missing once shifts
 * nobody else's.
 */
export function adamW(settings: AdamWSettings): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = settings;
  const { decays = (_path, { shape }) => shape.length >= 2, learningRate } = settings;
  const schedule = typeof learningRate === 'number' ? constantRate(learningRate) : learningRate;
  const moments = new Map<string, Moments>();
  return {
    learningRate: schedule,
    update: (
      path: string,
      parameter: Parameter,
      gradient: Tensor,
      { step, scale }: { step: number; scale: number | Scalar },
    ) => {
      const { first, second } = momentsOf(moments, path, gradient);
      adamWStep({
        parameter: parameter.value,
        gradient,
        firstMoment: first,
        secondMoment: second,
        scale,
        learningRate: schedule(step),
        beta1,
        beta2,
        epsilon,
        weightDecay: decays(path, parameter) ? weightDecay : 0,
        step,
      });
    },
    dispose: () => {
      for (const { first, second } of moments.values()) {
        first.dispose();
        second.dispose();
      }
      moments.clear();
    },
  };
}

function momentsOf(moments: Map<string, Moments>, path: string, { shape }: Tensor): Moments {
  const known = moments.get(path);
  if (known) return known;
  const empty = () => {
    const start = zeros(shape);
    const moment = variable(start, false);
    start.dispose();
    return moment;
  };
  const fresh = { first: empty(), second: empty() };
  moments.set(path, fresh);
  return fresh;
}
