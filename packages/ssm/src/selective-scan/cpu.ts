import { cpuInstance, type NativeKernel, type OpInputs } from '@sequitur/core';
import { type ScanAttributes, type ScanTensors, sizesOf } from './tensors.js';

/** The numbers of every tensor of a scan. */
type Arrays = Readonly<Record<string, Float32Array>>;

/** {the tensors of a scan} -> [y, the last state, the states between chunks]. */
export const scanCpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const sizes = sizesOf(inputs as unknown as ScanTensors, attributes);
  const { batch, length, inner, state, groups } = sizes;
  const [a, kept] = [arraysOf(inputs, cpu.values), attributes.remember ? sizes.kept : 0];
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

interface Place {
  /** Of this step's x and step size, and of its rows of the input and output matrices. */
  readonly at: number;
  readonly row: number;
  readonly channel: number;
  readonly keep: number;
  readonly state: number;
}

/** next = exp(Δ A) h + Δ B x. */
export function advance(next: Float32Array, h: Float32Array, delta: number, a: Arrays, place: Place): void {
  const { at, row, channel, keep, state } = place;
  const entered = delta * a.x![at]!;
  for (let n = 0; n < state; n++) {
    const decay = keep * Math.exp(delta * a.stateMatrix![channel * state + n]!);
    next[n] = decay * h[n]! + entered * a.inputMatrix![row + n]!;
  }
}

export function stepSizeAt(a: Arrays, at: number, channel: number, positive: boolean): number {
  const raw = a.stepSize![at]! + a.stepBias![channel]!;
  return positive ? Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))) : raw;
}

export function keepAt({ resets }: Arrays, position: number): number {
  return resets ? 1 - resets[position]! : 1;
}

export function arraysOf(inputs: OpInputs, values: (tensor: OpInputs[string]) => Float32Array): Arrays {
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, values(tensor)]));
}
