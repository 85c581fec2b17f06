import type { NativeKernel } from '@sequitur/core';
import { addProduct, dotWithRow, numbersOnCpu, sigmoidOf } from '../numbers.js';
import type { SequenceAttributes } from '../sequence-attributes.js';

export const gruCpu: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const found = numbersOnCpu(inputs, backend);
  if (!found) return null;
  const { cpu, a } = found;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 3;
  const steps = attributes.saveStates ? length : 0;
  const [outputs, last] = [new Float32Array(batch * length * hidden), Float32Array.from(a.hidden!)];
  const activations = new Float32Array(batch * steps * 4 * hidden);
  const before = new Float32Array(batch * steps * hidden);
  const sums = new Float64Array(wide);
  for (let b = 0; b < batch; b++) {
    const h = last.subarray(b * hidden, (b + 1) * hidden);
    for (let t = 0; t < length; t++) {
      const place = b * length + t;
      const [real, x] = [a.real![place]!, place * wide];
      for (let n = 0; n < hidden; n++) h[n]! *= a.keep![place]!;
      if (steps > 0) before.set(h, place * hidden);
      sums.set(a.bias!);
      addProduct(sums, h, a.weight!);
      for (let n = 0; n < hidden; n++) {
        const fromState = sums[2 * hidden + n]!;
        const reset = sigmoidOf(a.gates![x + n]! + sums[n]!);
        const stay = sigmoidOf(a.gates![x + hidden + n]! + sums[hidden + n]!);
        const candidate = Math.tanh(a.gates![x + 2 * hidden + n]! + reset * fromState);
        const output = (1 - stay) * candidate + stay * h[n]!;
        outputs[place * hidden + n] = output;
        h[n] = real * output + (1 - real) * h[n]!;
        if (steps === 0) continue;
        for (const [k, number] of [reset, stay, candidate, fromState].entries()) {
          activations[(place * 4 + k) * hidden + n] = number;
        }
      }
    }
  }
  return [
    cpu.output([batch, length, hidden], outputs),
    cpu.output([batch, hidden], last),
    cpu.output([batch, steps, 4 * hidden], activations),
    cpu.output([batch, steps, hidden], before),
  ];
};

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
