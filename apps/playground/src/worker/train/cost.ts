import type { ModelSpec, Recipe } from '../../protocol/recipe.js';
import type { ModelCost } from '../../protocol/train.js';
import { parameterCount } from '../packages.js';
import { modelOf } from './parts.js';

/** The length at which the bytes of states are compared. */
const STATE_LENGTH = 1024;

/** What a column costs, as its parts declare it: a model without values is enough for that. */
export function costOf(spec: ModelSpec, { batchSize }: Recipe, vocabularySize: number, length: number): ModelCost {
  const model = modelOf(spec, vocabularySize);
  const { flops, gradientFlops } = model.cost(length);
  return {
    parameters: parameterCount(model),
    flopsPerStep: batchSize * (flops + gradientFlops),
    stateBytes: model.cost(STATE_LENGTH).stateBytes,
    stateLength: STATE_LENGTH,
    vocabularySize,
  };
}
