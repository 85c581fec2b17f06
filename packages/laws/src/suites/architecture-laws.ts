import type { Architecture, CausalModel, Encoder, SequenceToSequenceModel } from '@sequitur/core';
import { causalModelLaws } from './causal-model-laws.js';
import { encoderLaws } from './encoder-laws.js';
import type { RecurrentLawOptions } from './law-options.js';
import { sequenceToSequenceLaws } from './sequence-to-sequence-laws.js';

/** The laws of an architecture's models, and that `cost` declares their true parameter count and state size. */
export function architectureLaws<Config>(
  architecture: Architecture<Config>,
  config: Config,
  options: Omit<RecurrentLawOptions, 'cost'> = {},
): void {
  const { name, kind } = architecture;
  const create = () => architecture.create(config);
  const all = { ...options, cost: (length: number) => architecture.cost(config, length) };
  if (kind === 'causal') causalModelLaws(name, create as () => CausalModel, all);
  else if (kind === 'encoder') encoderLaws(name, create as () => Encoder, all);
  else sequenceToSequenceLaws(name, create as () => SequenceToSequenceModel, all);
}
