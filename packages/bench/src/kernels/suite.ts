import { SequiturError } from '@sequitur/core';
import { gpt2Presets } from '@sequitur/gpt';
import { type ClockName, clocks } from '../measure/clock.js';
import { type Summary, summarize } from '../measure/statistics.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import { type AttentionCase, attentionCases, measureAttention } from './attention.js';
import { measureAttentionOnWebGpu } from './attention-on-webgpu.js';
import { measureInference } from './inference.js';
import { measureMatMul } from './mat-mul.js';
import { matMulCases } from './mat-mul-cases.js';
import { measureScan, measureScanGrowth, measureScanOnWebGpu } from './scan.js';
import { convolutionCase, dualityCase, selectiveScanCase } from './scan-cases.js';
import { compareTrainingSteps, measureTrainingStep, trainingCases } from './training-step.js';

export interface KernelsOptions {
  /** Names of `kernelSuites`; default all. */
  readonly only?: readonly string[];
  readonly rounds: number;
  readonly clock: ClockName;
  /** Products fused with sums where the machine can, see `openBackend`; default true. */
  readonly fusedProducts?: boolean;
}

/** One contender at one task. */
export interface KernelRecord {
  readonly suite: string;
  readonly task: string;
  readonly contender: string;
  readonly unit: string;
  readonly speed: Summary;
}

type Suite = (options: KernelsOptions) => AsyncGenerator<readonly KernelRecord[]>;

/** What `bench kernels` measures, by the name that `--only` takes. */
export const kernelSuites: Readonly<Record<string, Suite>> = {
  matmul,
  attention,
  'attention-webgpu': attentionOnWebGpu,
  scan,
  training,
  inference,
};

/**
 * Runs the suites one after the other; yields the records of each task as soon as it is done. Every contender's result is
 * checked before it is timed.
 *
 * @throws SequiturError for a suite that does not exist; Error where a contender's result is wrong
 */
export async function* measureKernels(options: KernelsOptions): AsyncGenerator<readonly KernelRecord[]> {
  const names = options.only ?? Object.keys(kernelSuites);
  const unknown = names.find((name) => !Object.hasOwn(kernelSuites, name));
  if (unknown !== undefined) {
    throw new SequiturError({
      where: 'bench kernels',
      expected: `suites from ${Object.keys(kernelSuites).join(', ')}`,
      got: `'${unknown}'`,
    });
  }
  await openStockBesideOurs({ fusedProducts: options.fusedProducts ?? true });
  for (const name of names) yield* kernelSuites[name]!(options);
}

async function* matmul({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  for (const spec of matMulCases) {
    const { speeds } = await measureMatMul(spec, { rounds, clock: clocks[clock] });
    const size = `${spec.batch > 1 ? `${spec.batch} x ` : ''}${spec.m} x ${spec.k} x ${spec.n}`;
    yield recordsOf('matmul', `${spec.title} (${size})`, 'GFLOP/s', speeds);
  }
}

async function* attention({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  for (const spec of attentionCases) {
    const timing = { rounds: spec.length > 2048 ? Math.min(3, rounds) : rounds, clock: clocks[clock] };
    yield recordsOf('attention', attentionTask(spec), 'GFLOP/s', await measureAttention(spec, timing));
  }
}

function attentionTask({ length, pattern, backward }: AttentionCase): string {
  return `12 heads of 64, ${length} tokens, ${pattern}, forward${backward ? ' and backward' : ''}`;
}

async function* attentionOnWebGpu({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  const timing = { rounds: Math.min(3, rounds), clock: clocks[clock] };
  for (const spec of attentionCases.filter(({ length }) => length === 512 || length === 2048)) {
    try {
      const speeds = await measureAttentionOnWebGpu(spec, timing);
      yield recordsOf('attention-webgpu', attentionTask(spec), 'GFLOP/s', speeds);
    } catch (error) {
      if ((error as { name?: string }).name !== 'SequiturError') throw error;
      console.warn(`webgpu is left out: ${(error as Error).message}`);
      return;
    }
  }
}

async function* training({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  const { small, large } = trainingCases;
  const timing = { rounds, clock: clocks[clock] };
  yield recordsOf('training', small.title, 'tokens/s', await compareTrainingSteps(small, timing));
  // A step of tfjs takes minutes here.
  const few = { ...timing, rounds: Math.min(2, rounds) };
  yield recordsOf('training', large.title, 'tokens/s', await compareTrainingSteps(large, few));
  for (const name of ['cpu', 'webgpu'] as const) {
    try {
      const speed = await measureTrainingStep(name, small, { ...few, clock: clocks.wall });
      yield recordsOf('training', small.title, 'tokens/s', new Map([[`Sequitur on ${name}`, speed]]));
    } catch (error) {
      if (name !== 'webgpu') throw error;
      console.warn(`webgpu is left out: ${(error as Error).message}`);
    }
  }
}

async function* inference({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  const options = { rounds, prompt: 512, decoded: 16, clock: clocks[clock] };
  const { prefill, decode } = await measureInference(gpt2Presets.small, options);
  yield recordsOf('inference', 'GPT-2 124M, 512 tokens at once', 'tokens/s', prefill);
  yield recordsOf('inference', 'GPT-2 124M, one by one after 512', 'tokens/s', decode);
}

/** The sizes of Mamba 130M; shorter on the processor that plays a graphics card. */
const scanShape = { length: 2048, inner: 1536, state: 16 };
const growing = [1024, 4096, 16_384, 65_536];

async function* scan({ rounds, clock }: KernelsOptions): AsyncGenerator<KernelRecord[]> {
  const timing = { rounds, clock: clocks[clock] };
  const { length, ...sizes } = scanShape;
  for (const create of [selectiveScanCase, convolutionCase, dualityCase]) {
    for (const backward of [false, true]) {
      const { spec, speeds } = await measureScan(
        (tokens) => create({ ...sizes, length: tokens }),
        length,
        backward,
        timing,
      );
      yield recordsOf('scan', passOf(spec, backward), spec.unit, speeds);
    }
  }
  const growth = await measureScanGrowth(sizes, growing, { ...timing, rounds: Math.min(3, rounds) });
  const task = `selective scan, ${growing.join(', ')} tokens`;
  const single = (value: number) => summarize([value]);
  yield [
    ...Object.entries(growth.exponent).map(([pass, exponent]) => {
      const contender = pass === 'forward' ? 'forward' : 'forward and backward';
      return { suite: 'scan', task, contender, unit: 'exponent of time', speed: single(exponent) };
    }),
    {
      ...{ suite: 'scan', task, contender: 'memory', unit: 'x inputs and outputs' },
      speed: single(Math.max(...growth.memory)),
    },
  ];
  yield* scanOnWebGpu({ ...timing, rounds: Math.min(3, rounds), clock: clocks.wall });
}

async function* scanOnWebGpu(timing: { rounds: number; clock: () => number }): AsyncGenerator<KernelRecord[]> {
  const shape = { ...scanShape, length: 512 };
  for (const create of [selectiveScanCase, convolutionCase]) {
    for (const backward of [false, true]) {
      try {
        const { spec, speeds } = await measureScanOnWebGpu(() => create(shape), backward, timing);
        yield recordsOf('scan', `webgpu: ${passOf(spec, backward)}`, spec.unit, speeds);
      } catch (error) {
        console.warn(`webgpu is left out: ${(error as Error).message}`);
        return;
      }
    }
  }
}

function passOf({ title }: { readonly title: string }, backward: boolean): string {
  return `${title}, forward${backward ? ' and backward' : ''}`;
}

function recordsOf(suite: string, task: string, unit: string, speeds: ReadonlyMap<string, Summary>): KernelRecord[] {
  return [...speeds].map(([contender, speed]) => ({ suite, task, contender, unit, speed }));
}
