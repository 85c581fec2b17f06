import { cpuInstance, type NativeKernel } from '@sequitur/core';
import { advance, arraysOf, keepAt, stepSizeAt } from './cpu.js';
import { type ScanAttributes, type ScanTensors, sizesOf } from './tensors.js';

/**
 * {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. From the last chunk to
 * the first: the states inside a chunk are computed again from the one kept before it.
 */
export const scanGradientCpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { batch, length, inner, state, groups, kept } = sizesOf(inputs as unknown as ScanTensors, attributes);
  const { chunk, softplus } = attributes;
  const a = arraysOf(inputs, cpu.values);
  const like = (name: string) => new Float32Array(a[name]!.length);
  const [dx, dStep, dMatrix, dInput, dOutput] = ['x', 'stepSize', 'stateMatrix', 'inputMatrix', 'outputMatrix'].map(
    like,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const [dSkip, dBias, dInitial] = [like('skip'), like('stepBias'), new Float32Array(a.dFinal!)];
  const states = Array.from({ length: Math.min(chunk, length) + 1 }, () => new Float32Array(state));
  for (let b = 0; b < batch; b++) {
    for (let channel = 0; channel < inner; channel++) {
      const group = Math.floor((channel * groups) / inner);
      const g = dInitial.subarray((b * inner + channel) * state, (b * inner + channel + 1) * state);
      for (let c = kept; c >= 0; c--) {
        const [start, end] = [c * chunk, Math.min(length, (c + 1) * chunk)];
        const from = ((c === 0 ? b : b * kept + c - 1) * inner + channel) * state;
        states[0]!.set((c === 0 ? a.initialState! : a.between!).subarray(from, from + state));
        const placeOf = (t: number) => ({
          at: (b * length + t) * inner + channel,
          row: ((b * length + t) * groups + group) * state,
          keep: keepAt(a, b * length + t),
        });
        for (let t = start; t < end; t++) {
          const place = { ...placeOf(t), channel, state };
          const delta = stepSizeAt(a, place.at, channel, softplus);
          advance(states[t - start + 1]!, states[t - start]!, delta, a, place);
        }
        for (let t = end - 1; t >= start; t--) {
          const { at, row, keep } = placeOf(t);
          const [before, after] = [states[t - start]!, states[t - start + 1]!];
          const [now, dNow, delta] = [a.x![at]!, a.dy![at]!, stepSizeAt(a, at, channel, softplus)];
          let [dProduct, dDelta] = [0, 0];
          for (let n = 0; n < state; n++) {
            const decay = keep * Math.exp(delta * a.stateMatrix![channel * state + n]!);
            const gradient = g[n]! + dNow * a.outputMatrix![row + n]!;
            const dExponent = gradient * before[n]! * decay;
            dOutput[row + n]! += dNow * after[n]!;
            dInput[row + n]! += gradient * delta * now;
            dMatrix[channel * state + n]! += dExponent * delta;
            dProduct += gradient * a.inputMatrix![row + n]!;
            dDelta += dExponent * a.stateMatrix![channel * state + n]!;
            g[n] = gradient * decay;
          }
          dDelta += dProduct * now;
          // softplus' = sigmoid, which is 1 - exp(-softplus).
          const dRaw = softplus ? dDelta * -Math.expm1(-delta) : dDelta;
          dx[at] = dProduct * delta + dNow * a.skip![channel]!;
          dStep[at] = dRaw;
          dSkip[channel]! += dNow * now;
          dBias[channel]! += dRaw;
        }
      }
    }
  }
  const shaped = (name: string, values: Float32Array) => cpu.output(inputs[name]!.shape, values);
  return [
    ...[shaped('x', dx), shaped('stepSize', dStep), shaped('stateMatrix', dMatrix), shaped('inputMatrix', dInput)],
    ...[shaped('outputMatrix', dOutput), shaped('skip', dSkip), shaped('stepBias', dBias)],
    shaped('initialState', dInitial),
  ];
};
