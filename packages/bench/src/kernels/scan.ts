import { type Backend, byReference, openBackend } from '@sequitur/core';
import * as tf from '@tensorflow/tfjs-core';
import { interleaved, type Timing } from '../measure/interleave.js';
import { openPeakLoop } from '../measure/peak.js';
import { type Summary, summarize } from '../measure/statistics.js';
import { fitPowerLaw } from '../scaling/fit.js';
import { useOurs, useStock } from '../stock/stock-backend.js';
import { type ScanCase, type ScanShape, selectiveScanCase } from './scan-cases.js';

const TOLERANCE = 1e-3;

/**
 * Length for the composition of tfjs ops; it loops over the tokens, so that its speed does not depend on the length.
 */
const COMPOSED = 256;

/** Speed of our kernel on wasm, of the same op composed of tfjs ops, and the bound by the CPU's peak. */
export async function measureScan(
  create: (length: number) => ScanCase,
  length: number,
  backward: boolean,
  timing: Timing,
): Promise<{ readonly spec: ScanCase; readonly speeds: Map<string, Summary> }> {
  await useOurs();
  const [spec, short] = [create(length), create(Math.min(length, COMPOSED))];
  const [ours, composed] = [runnerOf(spec, backward), runnerOf(short, backward)];
  const found = await composed.output();
  await useStock();
  check(short, found, await composed.output());
  const peak = await openPeakLoop();
  const contenders = [
    { name: 'Sequitur', prepare: useOurs, run: ours.run },
    { name: 'tfjs', prepare: useStock, run: composed.run },
    { name: 'peak', ...peak },
  ];
  const times = await interleaved(contenders, timing);
  await useOurs();
  release(spec);
  release(short);
  const perRun = peak.flops / spec.operations[backward ? 'both' : 'forward'];
  const amounts: Record<string, number> = { Sequitur: spec.amount, tfjs: short.amount, peak: perRun };
  return { spec, speeds: speeds(times, (name) => amounts[name]!) };
}

/** The same on WebGPU, next to the op composed of tfjs's WebGPU kernels. */
export async function measureScanOnWebGpu(
  create: () => ScanCase,
  backward: boolean,
  { rounds, clock }: Timing,
): Promise<{ readonly spec: ScanCase; readonly speeds: Map<string, Summary> }> {
  const backend = await openBackend('webgpu');
  const spec = create();
  const { output, run } = runnerOf(spec, backward);
  check(spec, await output(), await byReference(output));
  const whole = (compute: () => void) => async () => {
    compute();
    await backend.sync();
  };
  const contenders = [
    { name: 'Sequitur', run: whole(run) },
    { name: 'composition', run: whole(() => byReference(run)) },
  ];
  const times = await interleaved(contenders, { rounds, clock });
  release(spec);
  return { spec, speeds: speeds(times, () => spec.amount) };
}

/** Growth of the selective scan's time with the length, and its memory relative to its inputs and outputs. */
export interface ScanGrowth {
  readonly lengths: readonly number[];
  /** Exponent of the time by length. */
  readonly exponent: Readonly<Record<'forward' | 'both', number>>;
  /**
   * Peak of live tensors, forward and backward, as a multiple of the bytes of inputs, output and gradients; at each
   * length.
   */
  readonly memory: readonly number[];
}

/** Lengths are interleaved, so that other load on the machine affects all of them equally. */
export async function measureScanGrowth(
  shape: Omit<ScanShape, 'length'>,
  lengths: readonly number[],
  timing: Timing,
): Promise<ScanGrowth> {
  const backend = await openBackend('wasm');
  const times = { forward: new Map<number, number[]>(), both: new Map<number, number[]>() };
  const memory: number[] = [];
  for (let round = -1; round < timing.rounds; round++) {
    for (const length of lengths) {
      const spec = selectiveScanCase({ ...shape, length });
      for (const pass of ['forward', 'both'] as const) {
        const { run } = runnerOf(spec, pass === 'both');
        const started = timing.clock();
        run();
        const time = timing.clock() - started;
        if (round >= 0) times[pass].set(length, [...(times[pass].get(length) ?? []), time]);
      }
      if (round < 0) memory.push(peakShare(backend, spec));
      release(spec);
    }
  }
  const exponent = (pass: 'forward' | 'both') => {
    const law = fitPowerLaw(lengths.map((length) => ({ length, values: times[pass].get(length)! })));
    return law?.exponent ?? Number.NaN;
  };
  return { lengths, exponent: { forward: exponent('forward'), both: exponent('both') }, memory };
}

function peakShare(backend: Backend, spec: ScanCase): number {
  const sizes = Object.values(spec.inputs).reduce((sum, { size }) => sum + size, 0);
  const before = backend.memory().live;
  backend.resetPeak();
  runnerOf(spec, true).run();
  const taken = backend.memory().peak - before;
  // The inputs are already counted; the output has the size of x.
  const inputsAndOutputs = 4 * (sizes + spec.inputs.x!.size);
  return (taken + 4 * sizes) / inputsAndOutputs;
}

function runnerOf(spec: ScanCase, backward: boolean) {
  const names = Object.keys(spec.inputs);
  const tensors = Object.values(spec.inputs);
  const forward = () => tf.tidy(() => spec.compute(spec.inputs));
  const gradients = tf.grads((...given) =>
    tf.sum(spec.compute(Object.fromEntries(names.map((name, index) => [name, given[index]!])))),
  );
  return {
    /** The output, and with the backward the gradient of the first input. */
    output: async () => {
      const results = backward ? gradients(tensors) : [forward()];
      const values = (await results[0]!.data()) as Float32Array;
      tf.dispose(results);
      return values;
    },
    run: () => tf.dispose(backward ? gradients(tensors) : forward()),
  };
}

function release({ inputs }: ScanCase): void {
  tf.dispose(Object.values(inputs));
}

function check({ title }: ScanCase, wanted: Float32Array, found: Float32Array): void {
  const error = wanted.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - found[index]!) / (1 + Math.abs(value))),
    0,
  );
  if (!(error < TOLERANCE)) throw new Error(`${title}: composed of other operations it differs by ${error}`);
}

function speeds(times: Map<string, number[]>, amountOf: (name: string) => number): Map<string, Summary> {
  return new Map(
    [...times].map(([name, sample]) => [name, summarize(sample.map((time) => (1000 * amountOf(name)) / time))]),
  );
}
