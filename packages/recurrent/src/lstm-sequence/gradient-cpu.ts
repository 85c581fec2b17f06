import type { NativeKernel } from '@sequitur/core';
import { dotWithRow, numbersOnCpu } from '../numbers.js';

export const lstmGradientCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const found = numbersOnCpu(inputs, backend);
  if (!found) return null;
  const { cpu, a } = found;
  const [batch, length, wide] = inputs.activations!.shape as [number, number, number];
  const hidden = wide / 4;
  const dGates = new Float32Array(batch * length * wide);
  const [dHidden, dCell] = [Float32Array.from(a.dLastHidden!), Float32Array.from(a.dLastCell!)];
  for (let b = 0; b < batch; b++) {
    const dh = dHidden.subarray(b * hidden, (b + 1) * hidden);
    const dc = dCell.subarray(b * hidden, (b + 1) * hidden);
    for (let t = length - 1; t >= 0; t--) {
      const place = b * length + t;
      const [real, keep] = [a.real![place]!, a.keep![place]!];
      const gates = dGates.subarray(place * wide, (place + 1) * wide);
      for (let n = 0; n < hidden; n++) {
        const at = place * wide + n;
        const [enter, forget] = [a.activations![at]!, a.activations![at + hidden]!];
        const [candidate, leave] = [a.activations![at + 2 * hidden]!, a.activations![at + 3 * hidden]!];
        const then = a.cellBefore![place * hidden + n]!;
        const shown = Math.tanh(forget * then + enter * candidate);
        const dOutput = a.dOutputs![place * hidden + n]! + real * dh[n]!;
        const dNext = real * dc[n]! + dOutput * leave * (1 - shown * shown);
        gates[n] = dNext * candidate * enter * (1 - enter);
        gates[hidden + n] = dNext * then * forget * (1 - forget);
        gates[2 * hidden + n] = dNext * enter * (1 - candidate * candidate);
        gates[3 * hidden + n] = dOutput * shown * leave * (1 - leave);
        dh[n]! *= 1 - real;
        dc[n] = keep * ((1 - real) * dc[n]! + dNext * forget);
      }
      for (let n = 0; n < hidden; n++) dh[n] = keep * (dh[n]! + dotWithRow(gates, a.weight!, n));
    }
  }
  return [
    cpu.output([batch, length, wide], dGates),
    cpu.output([batch, hidden], dHidden),
    cpu.output([batch, hidden], dCell),
  ];
};
