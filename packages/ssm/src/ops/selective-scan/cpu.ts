import { cpuInstance, type NativeKernel, type OpInputs } from '@sequitur/core';
import { type ScanAttributes, sizesOf, tensorsOf } from './tensors.js';

/** The values of every tensor of a scan. */
type Arrays = Readonly<Record<string, Float32Array>>;

/** {the tensors of a scan} -> [y, the last state, the states between chunks]. */
export const scanCpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const sizes = sizesOf(tensorsOf(inputs), attributes);
  const { batch, length, inner, state, groups } = sizes;
  const [a, kept] = [arraysOf(inputs, cpu.values), attributes.saveStates ? sizes.kept : 0];
  const y = new Float32Array(batch * length * inner);
  const last = new Float32Array(a.initialState!);
  const between = new Float32Array(batch * kept * inner * state);
  for (let b = 0; b < batch; b++) {
    for (let channel = 0; channel < inner; channel++) {
      const h = last.subarray((b * inner + channel) * state, (b * inner + channel + 1) * state);
      const group = Math.floor((channel * groups) / inner);
      for (let t = 0; t < length; t++) {
        const boundary = t / attributes.chunk;
        if (boundary > 0 && boundary <= kept && Number.isInteger(boundary)) {
          between.set(h, ((b * kept + boundary - 1) * inner + channel) * state);
        }
        const at = (b * length + t) * inner + channel;
        const row = ((b * length + t) * groups + group) * state;
        const delta = stepSizeAt(a, at, channel, attributes.softplus);
        advance(h, h, delta, a, { at, row, channel, keep: keepAt(a, b * length + t), state });
        let sum = a.skip![channel]! * a.x![at]!;
        for (let n = 0; n < state; n++) sum += a.outputMatrix![row + n]! * h[n]!;
        y[at] = sum;
      }
    }
  }
  return [
    cpu.output([batch, length, inner], y),
    cpu.output([batch, inner, state], last),
    cpu.output([batch, kept, inner * state], between),
  ];
};

/**
 * {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. From the last chunk to
 * the first: states inside a chunk are recomputed from the one saved before it.
 */
export const scanGradientCpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { batch, length, inner, state, groups, kept } = sizesOf(tensorsOf(inputs), attributes);
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

interface Place {
  /** The offsets of this step's x and step size, and of its rows of the input and output matrices. */
  readonly at: number;
  readonly row: number;
  readonly channel: number;
  readonly keep: number;
  readonly state: number;
}

/** next = exp(Δ A) h + Δ B x. */
function advance(next: Float32Array, h: Float32Array, delta: number, a: Arrays, place: Place): void {
  const { at, row, channel, keep, state } = place;
  const entered = delta * a.x![at]!;
  for (let n = 0; n < state; n++) {
    const decay = keep * Math.exp(delta * a.stateMatrix![channel * state + n]!);
    next[n] = decay * h[n]! + entered * a.inputMatrix![row + n]!;
  }
}

function stepSizeAt(a: Arrays, at: number, channel: number, positive: boolean): number {
  const raw = a.stepSize![at]! + a.stepBias![channel]!;
  return positive ? Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))) : raw;
}

function keepAt({ resets }: Arrays, position: number): number {
  return resets ? 1 - resets[position]! : 1;
}

function arraysOf(inputs: OpInputs, values: (tensor: OpInputs[string]) => Float32Array): Arrays {
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, values(tensor)]));
}
