import { cpuInstance, type NativeKernel, type OpInputs } from '@sequitur/core';
import { DELTA_INPUTS, type DeltaSizes, deltaInputsOf, deltaSizesOf } from './tensors.js';

type Arrays = Readonly<Partial<Record<string, Float32Array>>>;

/** A head of a row, with the places of its steps. */
interface Head extends DeltaSizes {
  readonly index: number;
  /** Place of the first element of step t in [batch, length, heads, size]. */
  at(t: number, size: number): number;
}

export const deltaRuleCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const given = arraysOf(inputs, cpu);
  const y = new Float32Array(given.value!.length);
  const state = given.initial!.slice();
  for (const head of headsOf(inputs)) {
    const own = stateOf(head, state);
    for (let t = 0; t < head.length; t++) {
      step(head, t, given, own);
      readState(head, t, given.query!, own, y);
    }
  }
  return [cpu.output(inputs.value!.shape, y), cpu.output(inputs.initial!.shape, state)];
};

export const deltaRuleGradientCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const given = arraysOf(inputs, cpu);
  const names = deltaInputsOf(inputs);
  const found: Arrays = Object.fromEntries(names.map((name) => [name, new Float32Array(given[name]!.length)]));
  for (const head of headsOf(inputs)) {
    const states = [stateOf(head, given.initial!).slice()];
    const reads: Float32Array[] = [];
    for (let t = 0; t < head.length; t++) {
      const next = states[t]!.slice();
      reads.push(step(head, t, given, next));
      states.push(next);
    }
    const slope = stateOf(head, given.dState!).slice();
    for (let t = head.length - 1; t >= 0; t--)
      stepBack(head, t, { given, found, slope, read: reads[t]!, before: states[t]!, after: states[t + 1]! });
    stateOf(head, found.initial!).set(slope);
  }
  return names.map((name) => cpu.output(inputs[name]!.shape, found[name]!));
};

function arraysOf(inputs: OpInputs, cpu: NonNullable<ReturnType<typeof cpuInstance>>): Arrays {
  const names = [...DELTA_INPUTS, 'dy', 'dState'].filter((name) => inputs[name]);
  return Object.fromEntries(names.map((name) => [name, cpu.values(inputs[name]!)]));
}

function headsOf(inputs: OpInputs): Head[] {
  const sizes = deltaSizesOf(inputs);
  const { batch, length, heads } = sizes;
  return Array.from({ length: batch * heads }, (_, index) => {
    const [row, head] = [Math.floor(index / heads), index % heads];
    return { ...sizes, index, at: (t: number, size: number) => ((row * length + t) * heads + head) * size };
  });
}

/** The view [keySize, valueSize] of a head's state. */
function stateOf({ index, keySize, valueSize }: Head, states: Float32Array): Float32Array {
  return states.subarray(index * keySize * valueSize, (index + 1) * keySize * valueSize);
}

/** One step of the state in place; returns what was read from it before: Sᵀa. */
function step(head: Head, t: number, { key, value, decay, removal, replacement }: Arrays, state: Float32Array) {
  const { keySize, valueSize, decaySize } = head;
  const [keys, values, decays] = [head.at(t, keySize), head.at(t, valueSize), head.at(t, decaySize)];
  const read = new Float32Array(valueSize);
  for (let k = 0; removal && k < keySize; k++) {
    for (let v = 0; v < valueSize; v++) read[v]! += removal[keys + k]! * state[k * valueSize + v]!;
  }
  for (let k = 0; k < keySize; k++) {
    const [kept, written] = [decay![decays + (decaySize === 1 ? 0 : k)]!, key![keys + k]!];
    const again = (replacement ?? key!)[keys + k]!;
    for (let v = 0; v < valueSize; v++) {
      const place = k * valueSize + v;
      state[place] = kept * state[place]! + written * value![values + v]! + again * read[v]!;
    }
  }
  return read;
}

/** y = Sᵀ q. */
function readState(head: Head, t: number, query: Float32Array, state: Float32Array, y: Float32Array): void {
  const { keySize, valueSize } = head;
  const [keys, values] = [head.at(t, keySize), head.at(t, valueSize)];
  for (let k = 0; k < keySize; k++) {
    for (let v = 0; v < valueSize; v++) y[values + v]! += query[keys + k]! * state[k * valueSize + v]!;
  }
}

interface StepBack {
  readonly given: Arrays;
  readonly found: Arrays;
  /** The gradient of the state after the step; afterwards that of the state before it. */
  readonly slope: Float32Array;
  readonly read: Float32Array;
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** The formulas of `deltaRuleGradientReference`. */
function stepBack(head: Head, t: number, { given, found, slope, read, before, after }: StepBack): void {
  const { keySize, valueSize, decaySize } = head;
  const [keys, values, decays] = [head.at(t, keySize), head.at(t, valueSize), head.at(t, decaySize)];
  const dRead = new Float32Array(valueSize);
  const writes = given.replacement ?? given.key!;
  for (let k = 0; k < keySize; k++) {
    const at = keys + k;
    for (let v = 0; v < valueSize; v++) {
      const [place, value] = [k * valueSize + v, values + v];
      slope[place]! += given.query![at]! * given.dy![value]!;
      const g = slope[place]!;
      found.query![at]! += after[place]! * given.dy![value]!;
      found.value![value]! += g * given.key![at]!;
      found.key![at]! += g * (given.value![value]! + (given.replacement ? 0 : read[v]!));
      if (given.replacement) found.replacement![at]! += g * read[v]!;
      dRead[v]! += g * writes[at]!;
    }
  }
  for (let k = 0; k < keySize; k++) {
    const [at, decay] = [keys + k, decays + (decaySize === 1 ? 0 : k)];
    const removal = given.removal?.[at] ?? 0;
    for (let v = 0; v < valueSize; v++) {
      const place = k * valueSize + v;
      found.decay![decay]! += slope[place]! * before[place]!;
      if (given.removal) found.removal![at]! += before[place]! * dRead[v]!;
      slope[place] = given.decay![decay]! * slope[place]! + removal * dRead[v]!;
    }
  }
}
