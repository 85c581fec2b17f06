import type { OpInputs } from '@sequitur/core';
import { add, concat, matMul, mul, split, stack, sub, type Tensor, tanh, unstack } from '@tensorflow/tfjs-core';
import { columnsOf, throughSigmoid, throughTanh } from '../steps.js';

/** From the last position to the first: the gradients of the gates before their functions, and of the state before. */
export function lstmGradientReference(inputs: OpInputs): Tensor[] {
  const { weight, activations, cellBefore, real, keep, dOutputs, dLastHidden, dLastCell } = inputs;
  const [reals, keeps] = [columnsOf(real!), columnsOf(keep!)];
  const [kept, cells, slopes] = [unstack(activations!, 1), unstack(cellBefore!, 1), unstack(dOutputs!, 1)];
  let [dHidden, dCell] = [dLastHidden!, dLastCell!];
  const dGates: Tensor[] = [];
  for (let t = kept.length - 1; t >= 0; t--) {
    const [enter, forget, candidate, leave] = split(kept[t]!, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [share, rest, then] = [reals[t]!, sub(1, reals[t]!), cells[t]!];
    const shown = tanh(add(mul(forget, then), mul(enter, candidate)));
    const dOutput = add(slopes[t]!, mul(share, dHidden));
    const dNext = add(mul(share, dCell), throughTanh(mul(dOutput, leave), shown));
    const gates = concat(
      [
        throughSigmoid(mul(dNext, candidate), enter),
        throughSigmoid(mul(dNext, then), forget),
        throughTanh(mul(dNext, enter), candidate),
        throughSigmoid(mul(dOutput, shown), leave),
      ],
      1,
    );
    dGates.unshift(gates);
    dHidden = mul(keeps[t]!, add(mul(rest, dHidden), matMul(gates, weight!, false, true)));
    dCell = mul(keeps[t]!, add(mul(rest, dCell), mul(dNext, forget)));
  }
  return [stack(dGates, 1), dHidden, dCell];
}
