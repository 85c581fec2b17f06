import {
  defineOp,
  expectNumber,
  expectTensor,
  type NativeKernel,
  SequiturError,
  scoped,
  showShape,
} from '@sequitur/core';
import {
  exp,
  expandDims,
  getBackend,
  mul,
  reshape,
  sub,
  type Tensor,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';
import { chunkedDeltaRule } from './chunked.js';
import { deltaRuleCpu, deltaRuleGradientCpu } from './cpu.js';
import { deltaRuleGradientReference, deltaRuleReference } from './reference.js';
import { DELTA_INPUTS, type DeltaRule } from './tensors.js';
import { deltaRuleGradientWasm, deltaRuleWasm } from './wasm.js';

export type { DeltaRule } from './tensors.js';

const kernels: Readonly<Record<string, NativeKernel<object>>> = { cpu: deltaRuleCpu, wasm: deltaRuleWasm };

/** {the inputs, dy, dState} -> their gradients. */
const gradientOp = defineOp<object>({
  name: 'SequiturDeltaRuleGradient',
  reference: deltaRuleGradientReference,
  kernels: { cpu: deltaRuleGradientCpu, wasm: deltaRuleGradientWasm },
});

/** By the number of inputs: without what is read, without a separate place to write it, and with all. */
const ops = {
  5: define('SequiturDecayedSums', 5),
  6: define('SequiturDeltaRule', 6),
  7: define('SequiturDiagonalPlusLowRank', 7),
};

/** {query, key, value, decay, initial, ...} -> [y, the last state]. */
function define(name: string, count: number) {
  const names = DELTA_INPUTS.slice(0, count);
  return defineOp<object>({
    name,
    reference: deltaRuleReference,
    gradient: {
      inputsToSave: names,
      of: ([dy, dState], saved) => {
        const given = Object.fromEntries(names.map((input, index) => [input, saved[index]!]));
        const gradients = gradientOp({ ...given, dy: dy!, dState: dState! }, {});
        return Object.fromEntries(names.map((input, index) => [input, () => gradients[index]!]));
      },
    },
    kernels,
  });
}

/**
 * The generalized delta rule (Yang et al. 2024; Peng et al. 2025, section 2): a state S [keySize, valueSize] for each head,
 * which decays, from which a removal key reads, and to which key and replacement key write,
 *
 *     S ← diag(e^logDecay) S + b (Sᵀa)ᵀ + k vᵀ        y = Sᵀ q
 *
 * With a = -β e^logDecay k and βv this is the gated delta rule (`gatedDeltaRule`), without a gated linear attention. cpu and
 * wasm compute step by step; other backends compute chunks by matrix products.
 *
 * @param chunkLength positions per chunk; does not affect the result. Default 64.
 * @returns y [batch, length, heads, valueSize] and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function generalizedDeltaRule(rule: DeltaRule, chunkLength = 64): { y: Tensor4D; state: Tensor4D } {
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  expectNumber('generalizedDeltaRule, chunkLength', chunkLength, 'an integer of at least 1', isCount);
  check(rule);
  return scoped(() => (Object.hasOwn(kernels, getBackend()) ? stepByStep(rule) : chunkedDeltaRule(rule, chunkLength)));
}

function stepByStep({ query, key, value, logDecay, removal, replacement, initialState, resets }: DeltaRule) {
  const [batch, length, heads, keySize] = key.shape;
  const keep = resets && sub(1, reshape(resets, [batch, length, 1, 1]));
  const kept = (x: Tensor) => (keep ? mul(x, keep) : x);
  const inputs: Record<string, Tensor> = {
    ...{ query, key, value },
    decay: kept(exp(logDecay.rank === 3 ? expandDims(logDecay, 3) : logDecay)),
    initial: initialState ?? zeros([batch, heads, keySize, value.shape[3]]),
    ...(removal && { removal: kept(removal) }),
    ...(removal && replacement && { replacement }),
  };
  const op = ops[Object.keys(inputs).length as keyof typeof ops];
  const [y, state] = op(inputs, {}) as [Tensor4D, Tensor4D];
  return { y, state };
}

function check({ query, key, value, logDecay, removal, replacement, initialState, resets }: DeltaRule): void {
  if (key.rank !== 4 || value.rank !== 4) {
    throw new SequiturError({
      where: 'generalizedDeltaRule',
      expected: 'key [batch, length, heads, keySize] and value [batch, length, heads, valueSize]',
      got: `${showShape(key.shape)} and ${showShape(value.shape)}`,
    });
  }
  const [batch, length, heads, keySize] = key.shape;
  const valueSize = value.shape[3];
  for (const [name, tensor] of Object.entries({ key, query, removal, replacement })) {
    if (tensor) expectTensor(`generalizedDeltaRule, ${name}`, tensor, { shape: key.shape });
  }
  expectTensor('generalizedDeltaRule, value', value, { shape: [batch, length, heads, valueSize] });
  const decays = [batch, length, heads, ...(logDecay.rank === 4 ? [keySize] : [])];
  expectTensor('generalizedDeltaRule, logDecay', logDecay, { shape: decays });
  if (initialState) {
    expectTensor('generalizedDeltaRule, initialState', initialState, { shape: [batch, heads, keySize, valueSize] });
  }
  if (resets) expectTensor('generalizedDeltaRule, resets', resets, { shape: [batch, length] });
}
