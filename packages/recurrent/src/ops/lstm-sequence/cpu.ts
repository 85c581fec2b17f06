import type { NativeKernel } from '@sequitur/core';
import { addProduct, dotWithRow, numbersOnCpu, sigmoidOf } from '../numbers.js';
import type { SequenceAttributes } from '../sequence-attributes.js';

export const lstmCpu: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const found = numbersOnCpu(inputs, backend);
  if (!found) return null;
  const { cpu, a } = found;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 4;
  const steps = attributes.saveStates ? length : 0;
  const outputs = new Float32Array(batch * length * hidden);
  const [lastHidden, lastCell] = [Float32Array.from(a.hidden!), Float32Array.from(a.cell!)];
  const activations = new Float32Array(batch * steps * wide);
  const [hiddenBefore, cellBefore] = [
    new Float32Array(batch * steps * hidden),
    new Float32Array(batch * steps * hidden),
  ];
  const sums = new Float64Array(wide);
  for (let b = 0; b < batch; b++) {
    const h = lastHidden.subarray(b * hidden, (b + 1) * hidden);
    const c = lastCell.subarray(b * hidden, (b + 1) * hidden);
    for (let t = 0; t < length; t++) {
      const place = b * length + t;
      const [real, keep] = [a.real![place]!, a.keep![place]!];
      for (let n = 0; n < hidden; n++) {
        h[n]! *= keep;
        c[n]! *= keep;
      }
      if (steps > 0) hiddenBefore.set(h, place * hidden);
      if (steps > 0) cellBefore.set(c, place * hidden);
      sums.set(a.gates!.subarray(place * wide, (place + 1) * wide));
      addProduct(sums, h, a.weight!);
      for (let n = 0; n < hidden; n++) {
        const [enter, forget] = [sigmoidOf(sums[n]!), sigmoidOf(sums[hidden + n]!)];
        const [candidate, leave] = [Math.tanh(sums[2 * hidden + n]!), sigmoidOf(sums[3 * hidden + n]!)];
        const next = forget * c[n]! + enter * candidate;
        const output = leave * Math.tanh(next);
        outputs[place * hidden + n] = output;
        h[n] = real * output + (1 - real) * h[n]!;
        c[n] = real * next + (1 - real) * c[n]!;
        if (steps === 0) continue;
        for (const [k, gate] of [enter, forget, candidate, leave].entries()) {
          activations[place * wide + k * hidden + n] = gate;
        }
      }
    }
  }
  return [
    cpu.output([batch, length, hidden], outputs),
    cpu.output([batch, hidden], lastHidden),
    cpu.output([batch, hidden], lastCell),
    cpu.output([batch, steps, wide], activations),
    cpu.output([batch, steps, hidden], hiddenBefore),
    cpu.output([batch, steps, hidden], cellBefore),
  ];
};

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
