import type { NativeKernel } from '@sequitur/core';
import { addProduct, numbersOnCpu, sigmoidOf } from '../numbers.js';
import type { SequenceAttributes } from '../sequence-attributes.js';

export const gruCpu: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const found = numbersOnCpu(inputs, backend);
  if (!found) return null;
  const { cpu, a } = found;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 3;
  const steps = attributes.remember ? length : 0;
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
