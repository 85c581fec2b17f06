import { type Architecture, type Cost, defineArchitecture } from '@sequitur/core';
import type { Family } from './family.js';

/** A family as a value for lists that compare architectures. */
export function architectureOf<
  Config extends object,
  Kind extends Architecture<Config>['kind'],
  Model extends ReturnType<Architecture<Config, Kind>['create']>,
>(
  kind: Kind,
  { modelType: name, presets = {} }: Pick<Family<Config>, 'modelType' | 'presets'>,
  create: (config: Config) => Model,
  useOf: (model: Model, length: number) => Pick<Cost, 'flops' | 'stateBytes'>,
): Architecture<Config, Kind> {
  return defineArchitecture(kind, { name, presets }, create, useOf);
}
