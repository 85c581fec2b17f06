import { SequiturError } from '@sequitur/core';
import { gpt2Presets } from '@sequitur/gpt';
import { type ClockName, clocks } from '../measure/clock.js';
import type { Summary } from '../measure/statistics.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import { attentionCases, measureAttention } from './attention.js';
import { measureInference } from './inference.js';
import { measureMatMul } from './mat-mul.js';
import { matMulCases } from './mat-mul-cases.js';
import { compareTrainingSteps, measureTrainingStep, trainingCases } from './training-step.js';

export interface KernelsOptions {
  /** Names of `kernelSuites`; default all. */
  readonly only?: readonly string[];
  readonly rounds: number;
  readonly clock: ClockName;
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
export const kernelSuites: Readonly<Record<string, Suite>> = { matmul, attention, training, inference };

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
  await openStockBesideOurs();
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
    const task = `12 heads of 64, ${spec.length} tokens, ${spec.pattern}, forward${spec.backward ? ' and backward' : ''}`;
    yield recordsOf('attention', task, 'GFLOP/s', await measureAttention(spec, timing));
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

function recordsOf(suite: string, task: string, unit: string, speeds: ReadonlyMap<string, Summary>): KernelRecord[] {
  return [...speeds].map(([contender, speed]) => ({ suite, task, contender, unit, speed }));
}
