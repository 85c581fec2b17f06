import {
  type Context,
  checkOptions,
  Linear,
  type Module,
  modulesOf,
  option,
  optionsOf,
  type Parameter,
  parametersOf,
  Random,
  SequiturError,
} from '@sequitur/core';
import { add, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { LoraLinear } from './lora-linear.js';

export interface LoraOptions {
  /** r, the rank; default 8. */
  readonly rank?: number;
  /** α: adapters are scaled by α / r; default 2 r. */
  readonly alpha?: number;
  /** Dropout rate of the adapters' inputs in training, with a loss of `whileTraining`; default 0. */
  readonly dropout?: number;
  /**
   * The Linears to adapt, by the last name of their paths or by a function of the whole path; default query and value.
   */
  readonly targets?: readonly string[] | ((path: string) => boolean);
  /** Paths of Linears that share one A, since checkpoints store them as one. */
  readonly fused?: readonly (readonly string[])[];
  /** The seed of the initial values of A; default 0. */
  readonly seed?: number | string;
}

const loraOptions = optionsOf<LoraOptions>({
  rank: option.optional(option.count),
  alpha: option.optional(option.positive),
  dropout: option.optional(option.rate),
  targets: option.optional(
    option.either('a list of names, or a function', option.callback, option.listOf(option.text)),
  ),
  fused: option.optional(option.listOf(option.listOf(option.text))),
  seed: option.optional(option.seed),
});

/** A wrapped Linear layer of a model, and its path. */
export interface Adapted {
  readonly path: string;
  readonly linear: LoraLinear;
}

/** Low-rank adaptation, LoRA (Hu et al. 2021): only the adapters are trained until they are merged or removed. */
export class Lora {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly adapted: readonly Adapted[];
  readonly #model: Module;
  readonly #frozen: readonly Parameter[];

  /**
   * Adapts Linears of the model, and freezes everything else.
   *
   * @throws SequiturError where no Linear has one of the names, or the model is adapted already
   */
  constructor(model: Module, options: LoraOptions = {}) {
    checkOptions('Lora', loraOptions, options);
    const { rank = 8, alpha = 2 * rank, dropout = 0, targets = ['query', 'value'], fused = [], seed = 0 } = options;
    const isTarget = (name: string, path: string) =>
      typeof targets === 'function' ? targets(path) : targets.includes(name);
    const found = linearsOf(model).filter(({ name, path }) => isTarget(name, path));
    if (found.length === 0 || found.some(({ linear }) => linear instanceof LoraLinear)) {
      throw new SequiturError({
        where: 'Lora',
        expected: `a model that is not adapted yet and has Linears ${typeof targets === 'function' ? 'at the targets' : `named ${targets.join(' or ')}`}`,
        got: found.length ? 'one that is' : `${[...new Set(linearsOf(model).map(({ name }) => name))].join(', ')}`,
      });
    }
    for (const { linear } of found) void (linear.weight.quantized ?? linear.weight.value); // throws where there are none
    this.rank = rank;
    this.alpha = alpha;
    this.dropout = dropout;
    this.#model = model;
    this.#frozen = [...parametersOf(model).values()].filter((parameter) => parameter.trainable);
    for (const parameter of this.#frozen) parameter.trainable = false;
    const shared = new Map<readonly string[], Linear>();
    this.adapted = found.map(({ parent, name, path, linear }) => {
      const group = fused.find((paths) => paths.includes(path));
      const adapter = new LoraLinear(linear, rank, {
        ...{ scale: alpha / rank, dropout, down: group && shared.get(group) },
      });
      if (group) shared.set(group, adapter.down);
      put(parent, name, adapter);
      return { path, linear: adapter };
    });
    this.#initialize(seed);
  }

  /** Draws the values of the adapters alone, each from the stream of its path: the model has its own. */
  #initialize(seed: number | string): void {
    const random = Random.fromSeed(seed);
    const own = new Set(this.adapted.flatMap(({ linear }) => [linear.down.weight, linear.up.weight]));
    for (const [path, parameter] of parametersOf(this.#model)) {
      if (own.has(parameter)) parameter.initialize(random.fork(path));
    }
  }

  /** The number of trained parameters. */
  get parameters(): number {
    const own = new Set(this.adapted.flatMap(({ linear }) => [linear.down.weight, linear.up.weight]));
    return [...own].reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
  }

  /**
   * A loss for `train` with dropout of the adapters' inputs, drawn separately for every Linear from the context's
   * `random`.
   */
  whileTraining<M, B, C extends Context>(
    loss: (model: M, batch: B, context: C) => Scalar,
  ): (model: M, batch: B, context: C) => Scalar {
    return (model, batch, context) => {
      const random = this.dropout > 0 ? context.random : undefined;
      for (const { linear } of this.adapted) linear.random = random;
      try {
        return loss(model, batch, context);
      } finally {
        for (const { linear } of this.adapted) linear.random = undefined;
      }
    };
  }

  /** Merges the adapters into the weights and removes them, so that the model is as fast as without them. */
  merge(): void {
    for (const { linear } of this.adapted) {
      const merged = tidy(() => add(linear.weight.value, linear.correction()));
      linear.weight.assign(merged);
      merged.dispose();
    }
    this.remove();
  }

  /** Removes the adapters and restores the model. */
  remove(): void {
    for (const { parent, name, linear } of linearsOf(this.#model)) {
      if (!(linear instanceof LoraLinear)) continue;
      for (const part of [linear.down, linear.up]) part.dispose();
      put(parent, name, plain(linear));
    }
    for (const parameter of this.#frozen) parameter.trainable = true;
  }
}

/** A plain Linear with the same weights. */
function plain({ weight, bias }: LoraLinear): Linear {
  const [inputs, outputs] = weight.shape as [number, number];
  return Object.assign(new Linear(inputs, outputs, { bias: false }), { weight, bias });
}

function linearsOf(model: Module): { parent: Module; name: string; path: string; linear: Linear }[] {
  return [...modulesOf(model)].flatMap(([path, parent]) =>
    parent instanceof LoraLinear
      ? []
      : Object.entries(parent)
          .filter((entry): entry is [string, Linear] => entry[1] instanceof Linear)
          .map(([name, linear]) => ({ parent, name, path: path ? `${path}.${name}` : name, linear })),
  );
}

function put(parent: Module, name: string, linear: Linear): void {
  (parent as unknown as Record<string, Linear>)[name] = linear;
}
