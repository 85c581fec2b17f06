import { Linear, type LinearOptions, Module, Parameter, SequiturError, selectLargest, zeros } from '@sequitur/core';
import {
  add,
  broadcastTo,
  cast,
  customGrad,
  div,
  expandDims,
  max,
  mul,
  oneHot,
  reshape,
  sigmoid,
  slice,
  softmax,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  topk,
  zerosLike,
} from '@tensorflow/tfjs-core';

export interface RouterOptions {
  readonly width: number;
  readonly experts: number;
  /** Number of experts that each token is sent to. */
  readonly activeExperts: number;
  /**
   * The function from logits to weights: softmax over all experts (the default), or the sigmoid of each one
   * (DeepSeek-V3).
   */
  readonly scoring?: 'softmax' | 'sigmoid';
  /** Whether the weights of the chosen experts are divided by their sum; default true. */
  readonly normalised?: boolean;
  /** Factor on the weights; default 1. */
  readonly scale?: number;
  /** Groups of experts, of which only the best ones are chosen from; default none. */
  readonly groups?: ExpertGroups | undefined;
  /** Whether a bias of the scores takes part in the choice, not in the weights; default false. */
  readonly choiceBias?: boolean;
  /**
   * The values that the load balancing loss reads: the logits (the default), or the weights, zero where an expert is
   * not chosen (GPT-OSS).
   */
  readonly balanced?: 'logits' | 'weights';
  /** Options of the projection to logits; default without bias. */
  readonly linear?: LinearOptions;
}

/** A choice among groups of experts (DeepSeek-AI 2024). */
export interface ExpertGroups {
  readonly count: number;
  readonly active: number;
  /** The score of a group: that of its best expert, or the sum of its two best. */
  readonly by: 'best' | 'twoBest';
}

export interface Routes {
  /** int32 [tokens, activeExperts], in no particular order. */
  readonly experts: Tensor2D;
  /** float32 [tokens, activeExperts], differentiable. */
  readonly weights: Tensor2D;
  /** The values that the load balancing loss reads, float32 [tokens, experts]. */
  readonly logits: Tensor2D;
}

/** The router of a mixture of experts: chooses the experts of each token (Shazeer et al. 2017, section 2.1). */
export class Router extends Module {
  readonly projection: Linear; // [width, experts]
  readonly choiceBias: Parameter | null; // [experts]; set by load balancing rules, not by gradients
  readonly experts: number;
  readonly activeExperts: number;
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    super();
    const { width, experts, activeExperts, groups, linear = { bias: false } } = options;
    expectChoice(options);
    if (groups) expectGroups(experts, groups);
    this.projection = new Linear(width, experts, linear);
    this.choiceBias = options.choiceBias ? new Parameter([experts], zeros) : null;
    if (this.choiceBias) this.choiceBias.trainable = false;
    this.experts = experts;
    this.activeExperts = activeExperts;
    this.#options = options;
  }

  /** The routes of x [tokens, width], which the caller disposes. */
  route(x: Tensor2D): Routes {
    const { scoring = 'softmax', normalised = true, scale = 1 } = this.#options;
    return tidy(() => {
      const logits = this.projection.apply(x);
      const scores = (scoring === 'softmax' ? softmax(logits) : sigmoid(logits)) as Tensor2D;
      const experts = constantOf((values) => this.#choose(values as Tensor2D), scores) as Tensor2D;
      const places = cast(oneHot(experts, this.experts), 'float32'); // [tokens, activeExperts, experts]
      const chosen = sum(mul(places, expandDims(scores, 1)), 2);
      const shares = normalised ? div(chosen, add(sum(chosen, 1, true), LEAST_SUM)) : chosen;
      const weights = scale === 1 ? shares : mul(shares, scale);
      const balanced = this.#options.balanced === 'weights' ? sum(mul(places, expandDims(weights, 2)), 1) : logits;
      return { experts, weights, logits: balanced };
    }) as unknown as Routes;
  }

  /** scores [tokens, experts] -> int32 [tokens, activeExperts]. */
  #choose(scores: Tensor2D): Tensor2D {
    const { groups } = this.#options;
    const biased = this.choiceBias ? (add(scores, this.choiceBias.value) as Tensor2D) : scores;
    if (!groups) return topk(biased, this.activeExperts).indices as Tensor2D; // no gradient: a choice
    // Experts of other groups count as 0, as in Python: where too few open ones are above 0, several are equal.
    return selectLargest(mul(biased, openGroups(biased, groups)) as Tensor2D, this.activeExperts);
  }
}

/** compute(x) as a constant, without a gradient: tfjs has none for `topk`. */
export function constantOf(compute: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return customGrad((values) => ({
    value: compute(values as Tensor),
    gradFunc: () => zerosLike(values as Tensor),
  }))(x);
}

/** Keeps a division by the sum finite where all scores are 0. */
const LEAST_SUM = 1e-20;

/** [tokens, experts]: 1 in the groups that are chosen from, else 0. */
function openGroups(scores: Tensor2D, { count, active, by }: ExpertGroups): Tensor {
  const [tokens, experts] = scores.shape;
  const grouped = reshape(scores, [tokens, count, experts / count]);
  const groupScores = by === 'best' ? max(grouped, 2) : sum(topk(grouped, 2).values, 2); // no gradient: a choice
  const chosen = sum(cast(oneHot(topk(groupScores, active).indices, Math.max(count, 2)), 'float32'), 1); // no gradient: a choice [tokens, count]
  const mask = expandDims(slice(chosen, [0, 0], [tokens, count]), 2);
  return reshape(broadcastTo(mask, [tokens, count, experts / count]), [tokens, experts]);
}

function expectChoice({ experts, activeExperts }: RouterOptions): void {
  if (experts >= 2 && activeExperts >= 1 && activeExperts <= experts) return;
  const got = `${activeExperts} of ${experts}`;
  throw new SequiturError({ where: 'Router', expected: 'two experts or more, of which some are active', got });
}

function expectGroups(experts: number, { count, active, by }: ExpertGroups): void {
  const size = experts / count;
  if (Number.isInteger(size) && active >= 1 && active <= count && size >= (by === 'twoBest' ? 2 : 1)) return;
  const got = `${experts} experts in ${count} groups, ${active} of them active`;
  throw new SequiturError({ where: 'Router, groups', expected: 'groups that divide the experts, some active', got });
}
