import type { CausalModel, Encoder, SequenceToSequenceModel } from './model.js';
import { parameterCount } from './module.js';

/** The cost of a model for a sequence length. */
export interface Cost {
  /** Number of parameters, tied ones counted once. */
  readonly parameters: number;
  /** Floating point operations of one forward pass over `length` tokens, a multiply-add counted as two. */
  readonly flops: number;
  /** Bytes of the state after `length` tokens, spare capacity included. */
  readonly stateBytes: number;
}

/**
 * The cost of a part of a model for `length` tokens after `seen` earlier ones, submodules included, for a batch of one.
 * Operations are those of products, a multiply-add counted as two.
 */
export interface PartCost {
  readonly flops: number;
  /** Operations of the backward pass. */
  readonly gradientFlops: number;
  /** Operations of a backward pass through the state only, where the output is not used; default as `gradientFlops`. */
  readonly stateGradientFlops?: number;
  /** Bytes of the state after these tokens, spare capacity included. */
  readonly stateBytes: number;
}

/** A part with a cost other than that of its Linear layers. */
export interface CostedPart {
  cost(length: number, seen?: number): PartCost;
}

interface ModelOfKind {
  readonly causal: CausalModel;
  readonly encoder: Encoder;
  readonly sequenceToSequence: SequenceToSequenceModel;
}

/**
 * An architecture as a value: presets, a constructor and a cost, without registration.
 *
 * @typeParam Config flat, readonly, plain JSON.
 */
export interface Architecture<Config, Kind extends keyof ModelOfKind = keyof ModelOfKind> {
  readonly name: string;
  readonly kind: Kind;
  /** Configs by name. */
  readonly presets: Readonly<Record<string, Config>>;
  /** Creates a model without parameter values: initialise it or load a checkpoint. */
  create(config: Config): ModelOfKind[Kind];
  /** For a batch of one. */
  cost(config: Config, length: number): Cost;
}

/** An architecture whose cost is counted from the parts of its models, which need no values for that. */
export function defineArchitecture<
  Config,
  Kind extends keyof ModelOfKind,
  Model extends ModelOfKind[Kind] = ModelOfKind[Kind],
>(
  kind: Kind,
  { name, presets }: Pick<Architecture<NoInfer<Config>>, 'name' | 'presets'>,
  create: (config: Config) => Model,
  useOf: (model: Model, length: number) => Pick<Cost, 'flops' | 'stateBytes'>,
): Architecture<Config, Kind> {
  return {
    name,
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
