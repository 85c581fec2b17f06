import { type Context, embed, Linear, linearFlops, Module, type PartCost, valuesOnHost } from '@sequitur/core';
import {
  add,
  expandDims,
  mul,
  reshape,
  sigmoid,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { PositionwiseLayer } from '../block.js';
import { GatedExperts, type GatedExpertsOptions } from './gated-experts.js';
import { Router, type RouterOptions } from './router.js';

export interface MixtureOfExpertsOptions
  extends Omit<GatedExpertsOptions, 'linear'>,
    Omit<RouterOptions, 'width' | 'experts' | 'linear'> {
  /** Options of the projections of the experts; default without biases. */
  readonly linear?: GatedExpertsOptions['linear'];
  /** Options of the router's projection; default without bias. */
  readonly router?: RouterOptions['linear'];
  /** Shared expert: a feed-forward network for every token, in addition to the routed experts. */
  readonly shared?: PositionwiseLayer | undefined;
  /** Whether the shared expert is multiplied by a sigmoid gate of each token; default false. */
  readonly sharedGate?: boolean;
}

/**
 * A mixture of experts in place of a feed-forward (Shazeer et al. 2017; Fedus et al. 2022): a router sends each token
 * to a few of many gated feed-forward networks, and only those are computed.
 *
 * Observable: `router.logits` [batch * length, experts].
 */
export class MixtureOfExperts extends Module implements PositionwiseLayer {
  readonly router: Router;
  readonly experts: GatedExperts;
  readonly shared: PositionwiseLayer | null;
  readonly sharedGate: Linear | null; // [width, 1]

  constructor({ router, shared, sharedGate = false, linear, ...options }: MixtureOfExpertsOptions) {
    super();
    this.router = new Router({ ...options, ...(router && { linear: router }) });
    this.experts = new GatedExperts({ ...options, ...(linear && { linear }) });
    this.shared = shared ?? null;
    this.sharedGate = sharedGate ? new Linear(options.width, 1, { bias: false }) : null;
  }

  /** Cost of `length` tokens, each of which is sent to the active experts only. */
  cost(length: number): PartCost {
    const shared = (this.shared ? linearFlops(this.shared, length) : 0) + linearFlops(this.router, length);
    const gate = this.sharedGate ? linearFlops(this.sharedGate, length) : 0;
    const flops = shared + gate + length * this.router.activeExperts * this.experts.rowFlops;
    return { flops, gradientFlops: 2 * flops, stateBytes: 0 };
  }

  /** x [batch, length, width] -> the same shape. */
  apply(x: Tensor3D, context: Context = {}): Tensor3D {
    return tidy(() => {
      const tokens = reshape(x, [-1, x.shape[2]]) as Tensor2D;
      const { experts, weights, logits } = this.router.route(tokens);
      context.observe?.('router.logits', logits);
      context.onRouted?.(logits);
      const mixed = reshape(this.#mix(tokens, experts, weights), x.shape) as Tensor3D;
      return this.shared ? (add(mixed, this.#sharedOutput(this.shared, x, context)) as Tensor3D) : mixed;
    });
  }

  /** The weighted sum of the outputs of each token's experts: [tokens, width]. */
  #mix(tokens: Tensor2D, experts: Tensor2D, weights: Tensor2D): Tensor2D {
    const [count, active] = experts.shape;
    const { rows, ofRows, places } = grouped(experts);
    const outputs = this.experts.apply(embed(tokens, rows) as Tensor2D, ofRows);
    const byToken = reshape(places ? embed(outputs, places) : outputs, [count, active, -1]);
    return sum(mul(byToken, expandDims(weights, 2)), 1);
  }

  #sharedOutput(shared: PositionwiseLayer, x: Tensor3D, context: Context): Tensor3D {
    const output = shared.apply(x, context);
    return this.sharedGate ? (mul(output, sigmoid(this.sharedGate.apply(x))) as Tensor3D) : output;
  }
}

interface Grouping {
  /** The token of each row, int32 [tokens * active]. */
  readonly rows: Tensor1D;
  /** The expert of each row. */
  readonly ofRows: Tensor1D;
  /** The rows of each token's experts, token by token; absent: rows are in that order. */
  readonly places?: Tensor1D;
}

/**
 * One row per token and expert, grouped by expert where the choice is on the host: kernels multiply a whole group at
 * once.
 */
function grouped(experts: Tensor2D): Grouping {
  const [count, active] = experts.shape;
  const tokenOf = (pair: number) => Math.floor(pair / active);
  const pairs = Array.from({ length: count * active }, (_, pair) => pair);
  const chosen = valuesOnHost(experts);
  if (!chosen) return { rows: integers(pairs.map(tokenOf)), ofRows: reshape(experts, [count * active]) };
  const own = Int32Array.from(chosen);
  const order = pairs.sort((a, b) => own[a]! - own[b]! || a - b);
  const places = new Int32Array(order.length);
  for (const [row, pair] of order.entries()) places[pair] = row;
  return {
    rows: integers(order.map(tokenOf)),
    ofRows: integers(order.map((pair) => own[pair]!)),
    places: tensor1d(places, 'int32'),
  };
}

function integers(values: readonly number[]): Tensor1D {
  return tensor1d(Int32Array.from(values), 'int32');
}
