import type { Recipe } from '../../protocol/recipe.js';
import {
  adamW,
  constantRate,
  lion,
  type Optimizer,
  type Schedule,
  sgd,
  warmUpThenConstant,
  warmUpThenCosine,
  warmUpThenLinear,
} from '../packages.js';

const WARM_UP = 0.05;
const MOST_WARM_UP = 100;

/** The optimizer of a recipe for a number of steps; without one the learning rate is constant after its warm-up. */
export function optimizerOf(recipe: Recipe, steps: number | null): Optimizer {
  const learningRate = scheduleOf(recipe, steps);
  switch (recipe.optimizer) {
    case 'lion':
      return lion({ learningRate });
    case 'sgd':
      return sgd({ learningRate, momentum: 0.9 });
    default:
      return adamW({ learningRate, beta2: 0.99, weightDecay: 0.1 });
  }
}

function scheduleOf({ schedule, learningRate: peak }: Recipe, steps: number | null): Schedule {
  const warmUp = Math.min(MOST_WARM_UP, Math.ceil(WARM_UP * (steps ?? MOST_WARM_UP / WARM_UP)));
  if (warmUp < 1) return constantRate(peak);
  if (steps === null || schedule === 'constant') return warmUpThenConstant({ peak, warmUp });
  return (schedule === 'linear' ? warmUpThenLinear : warmUpThenCosine)({ peak, warmUp, steps });
}
