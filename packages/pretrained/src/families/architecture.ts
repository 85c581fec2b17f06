import { type Architecture, type Cost, parameterCount } from '@sequitur/core';
import type { Family } from './family.js';

/** A family as an architecture, for comparisons: presets, and a cost that is derived from the parts. */
export function architectureOf<
  Config extends object,
  Kind extends Architecture<Config>['kind'],
  Model extends ReturnType<Architecture<Config, Kind>['create']>,
>(
  kind: Kind,
  { modelType, presets = {} }: Pick<Family<Config>, 'modelType' | 'presets'>,
  create: (config: Config) => Model,
  useOf: (model: Model, length: number) => Pick<Cost, 'flops' | 'stateBytes'>,
): Architecture<Config, Kind> {
  return {
    name: modelType,
    kind,
    presets,
    create,
    cost: (config, length) => {
      const model = create(config);
      const { flops, stateBytes } = useOf(model, length);
      return { parameters: parameterCount(model), flops, stateBytes };
    },
  };
}
