import type { NativeKernel } from '@sequitur/core';
import { dotWithRow, numbersOnCpu } from '../numbers.js';

export const gruGradientCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const found = numbersOnCpu(inputs, backend);
  if (!found) return null;
  const { cpu, a } = found;
  const [batch, length, hidden] = inputs.before!.shape as [number, number, number];
  const wide = 3 * hidden;
  const [dInput, dRecurrent] = [new Float32Array(batch * length * wide), new Float32Array(batch * length * wide)];
  const dHidden = Float32Array.from(a.dLast!);
  for (let b = 0; b < batch; b++) {
    const dh = dHidden.subarray(b * hidden, (b + 1) * hidden);
    for (let t = length - 1; t >= 0; t--) {
      const place = b * length + t;
      const [real, keep] = [a.real![place]!, a.keep![place]!];
      const recurrent = dRecurrent.subarray(place * wide, (place + 1) * wide);
      for (let n = 0; n < hidden; n++) {
        const at = place * 4 * hidden + n;
        const [reset, stay] = [a.activations![at]!, a.activations![at + hidden]!];
        const [candidate, fromState] = [a.activations![at + 2 * hidden]!, a.activations![at + 3 * hidden]!];
        const dOutput = a.dOutputs![place * hidden + n]! + real * dh[n]!;
        const dStay = dOutput * (a.before![place * hidden + n]! - candidate) * stay * (1 - stay);
        const dCandidate = dOutput * (1 - stay) * (1 - candidate * candidate);
        const dReset = dCandidate * fromState * reset * (1 - reset);
        recurrent[n] = dReset;
        recurrent[hidden + n] = dStay;
        recurrent[2 * hidden + n] = dCandidate * reset;
        for (const [k, gradient] of [dReset, dStay, dCandidate].entries()) {
          dInput[place * wide + k * hidden + n] = gradient;
        }
        dh[n] = (1 - real) * dh[n]! + dOutput * stay;
      }
      for (let n = 0; n < hidden; n++) dh[n] = keep * (dh[n]! + dotWithRow(recurrent, a.weight!, n));
    }
  }
  return [
    cpu.output([batch, length, wide], dInput),
    cpu.output([batch, length, wide], dRecurrent),
    cpu.output([batch, hidden], dHidden),
  ];
};
