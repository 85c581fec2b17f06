import { gatedDeltaRule, generalizedDeltaRule } from '@sequitur/ssm';
import {
  add,
  concat,
  mul,
  ones,
  reshape,
  rsqrt,
  slice,
  square,
  sum,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tile,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';
import { recurrenceOf } from './recurrence.js';

type Inputs = Readonly<Record<string, Tensor>>;

/** gated_delta_rule, delta_rule and kda: the last has a decay per row of the state, and key heads that value heads share. */
export const gatedDeltaRuleCases: Operation = (given) => {
  const scale = scaleOf(given, 'q');
  const normalizes = given.attribute<boolean>('qk_l2norm') ?? false;
  return recurrenceOf(given, ['q', 'k', 'v', 'g', 'beta', 'initial_state'], ({ q, k, v, g, beta, initial_state }) => {
    const heads = v!.shape[2]!;
    const ofHeads = (x: Tensor) => forHeads(normalizes ? normalized(x) : x, heads);
    const { y, state } = gatedDeltaRule({
      ...{ query: mul(ofHeads(q!), scale) as Tensor4D, key: ofHeads(k!), value: v as Tensor4D },
      logDecay: g ?? zerosLike(beta!),
      learningRate: beta as Tensor3D,
      initialState: initial_state as Tensor4D | undefined,
    });
    return { out: y, final_state: state };
  });
};

/** Several steps of the delta rule to each position, of which the first decays and the last reads. */
export const gatedDeltaProductCases: Operation = (given) => {
  const steps = given.attribute<number>('householders')!;
  return recurrenceOf(given, ['q', 'k', 'v', 'g', 'beta', 'initial_state'], ({ q, k, v, g, beta, initial_state }) => {
    const [batch, length, heads, keySize] = q!.shape as [number, number, number, number];
    const rest = zeros([batch, length, steps - 1, heads, keySize]);
    const query = concat([rest, reshape(q!, [batch, length, 1, heads, keySize])], 2);
    const noDecay = zeros([batch, length, steps - 1, heads]);
    const { y, state } = gatedDeltaRule({
      ...{
        query: reshape(query, k!.shape as [number, number, number, number]),
        key: k as Tensor4D,
        value: v as Tensor4D,
      },
      logDecay: reshape(concat([reshape(g!, [batch, length, 1, heads]), noDecay], 2), beta!.shape),
      learningRate: beta as Tensor3D,
      initialState: initial_state as Tensor4D | undefined,
    });
    const all = reshape(y, [batch * length, steps, heads, -1]);
    const read = slice(all, [0, steps - 1, 0, 0], [-1, 1, -1, -1]);
    return { out: reshape(read, [batch, length, heads, -1]), final_state: state };
  });
};

/** gla, simple_gla, retention and lightning_attention: the recurrence without a delta rule. */
export const gatedLinearAttentionCases: Operation = (given) => {
  const scale = scaleOf(given, 'q');
  const fixed = fixedDecays(given);
  return recurrenceOf(given, ['q', 'k', 'v', 'g', 'gk', 'initial_state'], ({ q, k, v, g, gk, initial_state }) => {
    const [batch, length] = q!.shape as [number, number];
    const { y, state } = generalizedDeltaRule({
      ...{ query: mul(q!, scale) as Tensor4D, key: k as Tensor4D, value: v as Tensor4D },
      logDecay: g ?? gk ?? tile(reshape(fixed!, [1, 1, -1]), [batch, length, 1]),
      initialState: initial_state as Tensor4D | undefined,
    });
    return { out: y, final_state: state };
  });
};

/** The decays that an operation without gates has: retention's, or by the layer those of lightning attention. */
function fixedDecays(given: OperationCase): Tensor | null {
  if (given.has('g') || given.has('gk')) return null;
  const heads = given.input('q').shape[2]!;
  const [layer, layers] = [given.attribute<number>('layer_idx'), given.attribute<number>('num_layers')];
  const logarithm = (h: number) =>
    layer === undefined ? Math.log1p(-(2 ** (-5 - h))) : -(8 / heads) * (1 - layer / layers!) * h;
  return tensor(Array.from({ length: heads }, (_, h) => logarithm(h)));
}

/** Reads before it writes: every write comes a step later, and the position itself is read with a bonus. */
export const rwkv6Cases: Operation = (given) => {
  const scale = given.attribute<number>('scale')!;
  return recurrenceOf(given, ['r', 'k', 'v', 'w', 'u', 'initial_state'], ({ r, k, v, w, u, initial_state }) => {
    const none = (x: Tensor) => zeros([x.shape[0]!, 1, ...x.shape.slice(2)]);
    const later = (x: Tensor) => concat([none(x), x], 1) as Tensor4D;
    const { y, state } = generalizedDeltaRule({
      query: concat([mul(r!, scale), none(r!)], 1) as Tensor4D,
      ...{ key: later(k!), value: later(v!), logDecay: later(w!) },
      initialState: initial_state as Tensor4D | undefined,
    });
    const before = slice(y, [0, 0, 0, 0], v!.shape as [number, number, number, number]);
    const bonus = mul(sum(mul(mul(mul(r!, scale), u!), k!), -1, true), v!);
    return { out: add(before, bonus), final_state: state };
  });
};

export const rwkv7Cases: Operation = (given) =>
  recurrenceOf(
    given,
    ['r', 'k', 'v', 'w', 'a', 'b', 'initial_state'],
    ({ r, k, v, w, a, b, initial_state }: Inputs) => {
      const { y, state } = generalizedDeltaRule({
        ...{ query: r as Tensor4D, key: k as Tensor4D, value: v as Tensor4D, logDecay: w! },
        ...{ removal: a as Tensor4D, replacement: b as Tensor4D },
        initialState: initial_state as Tensor4D | undefined,
      });
      return { out: y, final_state: state };
    },
  );

function scaleOf(given: OperationCase, query: string): number {
  return given.attribute<number | null>('scale') ?? given.input(query).shape.at(-1)! ** -0.5;
}

function normalized(x: Tensor): Tensor {
  return mul(x, rsqrt(add(sum(square(x), -1, true), 1e-6)));
}

/** [batch, length, heads, size], each head repeated for the value heads that share it. */
function forHeads(x: Tensor, valueHeads: number): Tensor4D {
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  if (heads === valueHeads) return x as Tensor4D;
  const shared = mul(reshape(x, [batch * length * heads, 1, size]), ones([1, valueHeads / heads, 1]));
  return reshape(shared, [batch, length, valueHeads, size]);
}
