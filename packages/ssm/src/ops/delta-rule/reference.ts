import type { OpInputs } from '@sequitur/core';
import { add, expandDims, mul, stack, sum, type Tensor, tidy, unstack, zerosLike } from '@tensorflow/tfjs-core';
import { deltaInputsOf } from './tensors.js';

/** {query, key, value, decay, initial, removal, replacement} -> [y, the last state]: step by step. */
export function deltaRuleReference(inputs: OpInputs): Tensor[] {
  return tidy(() => {
    const { query } = stepsOf(inputs);
    const states = statesOf(inputs);
    const outputs = query.map((q, t) => timesVector(states[t + 1]!, q));
    return [stack(outputs, 1), states.at(-1)!];
  }) as unknown as Tensor[];
}

/** The states [batch, heads, keySize, valueSize] before the first and after every step. */
function statesOf(inputs: OpInputs): Tensor[] {
  const { key, value, decay, removal, replacement } = stepsOf(inputs);
  let state = inputs.initial!;
  const later = key.map((k, t) => {
    const kept = mul(expandDims(decay[t]!, -1), state);
    const written = add(kept, outer(k, value[t]!));
    state = removal ? add(written, outer((replacement ?? key)[t]!, timesVector(state, removal[t]!))) : written;
    return state;
  });
  return [inputs.initial!, ...later];
}

/**
 * {the inputs, dy, dState} -> their gradients. With P and S the states before and after a step, u = Pᵀa and G the gradient
 * of S, from the last step to the first:
 *
 *     dq = S dy, G += q dyᵀ, dv = Gᵀk, dk = G v, db = G u, du = Gᵀb, da = P du, dDecay = rows of G P, G ← decay G + a duᵀ
 */
export function deltaRuleGradientReference(inputs: OpInputs): Tensor[] {
  return tidy(() => {
    const { query, key, value, decay, removal, replacement } = stepsOf(inputs);
    const [states, dy] = [statesOf(inputs), unstack(inputs.dy!, 1)];
    const found: Record<string, Tensor[]> = { query: [], key: [], value: [], decay: [], removal: [], replacement: [] };
    let slope = inputs.dState!;
    for (let t = key.length - 1; t >= 0; t--) {
      const [before, after] = [states[t]!, states[t + 1]!];
      found.query!.unshift(timesColumn(after, dy[t]!));
      slope = add(slope, outer(query[t]!, dy[t]!));
      found.value!.unshift(timesVector(slope, key[t]!));
      const read = removal ? timesVector(before, removal[t]!) : zerosLike(value[t]!);
      found.key!.unshift(timesColumn(slope, replacement ? value[t]! : add(value[t]!, read)));
      const byRows = sum(mul(slope, before), -1);
      found.decay!.unshift(inputs.decay!.shape[3] === 1 ? sum(byRows, -1, true) : byRows);
      const dRead = timesVector(slope, (replacement ?? key)[t]!);
      found.replacement!.unshift(timesColumn(slope, read));
      found.removal!.unshift(timesColumn(before, dRead));
      slope = mul(expandDims(decay[t]!, -1), slope);
      if (removal) slope = add(slope, outer(removal[t]!, dRead));
    }
    return deltaInputsOf(inputs).map((name) => (name === 'initial' ? slope : stack(found[name]!, 1)));
  }) as unknown as Tensor[];
}

/** The tensors of each step, [batch, heads, size]. */
function stepsOf({ query, key, value, decay, removal, replacement }: OpInputs) {
  return {
    ...{ query: unstack(query!, 1), key: unstack(key!, 1), value: unstack(value!, 1), decay: unstack(decay!, 1) },
    ...{ removal: removal && unstack(removal, 1), replacement: replacement && unstack(replacement, 1) },
  };
}

/** k vᵀ. */
function outer(k: Tensor, v: Tensor): Tensor {
  return mul(expandDims(k, -1), expandDims(v, -2));
}

/** Sᵀ q. */
function timesVector(state: Tensor, q: Tensor): Tensor {
  return sum(mul(state, expandDims(q, -1)), -2);
}

/** S v. */
function timesColumn(state: Tensor, v: Tensor): Tensor {
  return sum(mul(state, expandDims(v, -2)), -1);
}
