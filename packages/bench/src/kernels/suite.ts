import { SequiturError } from '@sequitur/core';
import { gpt2Presets } from '@sequitur/gpt';
import { type ClockName, clockFor, clocks } from '../measure/clock.js';
import { onnxThreads } from '../onnx/session.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import { ATTENTION_LENGTHS, type AttentionCase, attentionCases } from './attention.js';
import { measureAttentionOnWebGpu } from './attention-on-webgpu.js';
import { measureInference } from './inference.js';
import { type KernelRecord, recordsOf, type SuiteContext } from './kernel-record.js';
import { matMulCases } from './mat-mul.js';
import { measureTask } from './measure-task.js';
import { startOneThreadProcess } from './one-thread-process.js';
import { scanSuite } from './scan-suite.js';
import { compareTrainingSteps, measureTrainingStep, trainingCases } from './training-step.js';

export interface KernelsOptions {
  /** Names of `kernelSuites`; default all. */
  readonly only?: readonly string[];
  /** Sequence lengths of attention, in tokens; default all of `ATTENTION_LENGTHS`. */
  readonly lengths?: readonly number[];
  readonly rounds: number;
  readonly clock: ClockName;
  /**
   * Threads of our kernels and of onnxruntime-web; default 1. With more, products and attention are also measured with
   * one thread, in the same rounds, by a separate process.
   */
  readonly threads?: number;
  /** Fused multiply-add where supported, see `openBackend`; default true. */
  readonly fusedProducts?: boolean;
}

type Suite = (context: SuiteContext) => AsyncGenerator<readonly KernelRecord[]>;

/** Milliseconds for which idle threads may spin before they sleep: onnxruntime-web's spin for 20. */
const REST = 50;

/** The suites of `bench kernels`, by their names for `--only`. */
export const kernelSuites: Readonly<Record<string, Suite>> = {
  matmul,
  attention,
  'attention-webgpu': attentionOnWebGpu,
  scan: scanSuite,
  training,
  inference,
};

/**
 * Runs the suites one after another; yields the records of each task when the task is complete. Every contender's
 * result is checked before it is timed.
 *
 * @throws SequiturError for an unknown suite, for the CPU clock with several threads, and if threads do not start;
 *   Error if a contender's result is wrong
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
  const { rounds, lengths = ATTENTION_LENGTHS, threads = 1, fusedProducts = true } = options;
  const timing = { rounds, clock: clockFor(options.clock, threads), rest: threads > 1 ? REST : 0 };
  await openStockBesideOurs({ threads, fusedProducts });
  const oneThread = threads > 1 ? await startOneThreadProcess({ fusedProducts }) : undefined;
  try {
    for (const name of names) yield* kernelSuites[name]!({ rounds, lengths, timing, threads, oneThread });
  } finally {
    oneThread?.end();
  }
}

async function* matmul(context: SuiteContext): AsyncGenerator<KernelRecord[]> {
  for (const spec of matMulCases) {
    const speeds = await measureTask({ suite: 'matmul', spec }, { ...context, leastTime: 20 });
    const size = `${spec.batch > 1 ? `${spec.batch} x ` : ''}${spec.m} x ${spec.k} x ${spec.n}`;
    yield speeds.map((speed) => ({ suite: 'matmul', task: `${spec.title} (${size})`, unit: 'GFLOP/s', ...speed }));
  }
}

async function* attention({ rounds, lengths, ...context }: SuiteContext): AsyncGenerator<KernelRecord[]> {
  for (const spec of attentionCases(lengths)) {
    const timing = { ...context.timing, rounds: spec.length > 2048 ? Math.min(3, rounds) : rounds };
    const speeds = await measureTask({ suite: 'attention', spec }, { ...context, timing });
    yield speeds.map((speed) => ({ suite: 'attention', task: attentionTask(spec), unit: 'GFLOP/s', ...speed }));
  }
}

function attentionTask({ length, pattern, backward }: AttentionCase): string {
  return `12 heads of 64, ${length} tokens, ${pattern}, forward${backward ? ' and backward' : ''}`;
}

async function* attentionOnWebGpu({
  rounds,
  lengths,
  timing: { clock },
}: SuiteContext): AsyncGenerator<KernelRecord[]> {
  const timing = { rounds: Math.min(3, rounds), clock };
  for (const spec of attentionCases(lengths.filter((length) => length === 512 || length === 2048))) {
    try {
      const speeds = await measureAttentionOnWebGpu(spec, timing);
      yield recordsOf('attention-webgpu', attentionTask(spec), 'GFLOP/s', speeds);
    } catch (error) {
      if ((error as { name?: string }).name !== 'SequiturError') throw error;
      console.warn(`webgpu is skipped: ${(error as Error).message}`);
      return;
    }
  }
}

async function* training({ rounds, timing, threads }: SuiteContext): AsyncGenerator<KernelRecord[]> {
  const { small, large } = trainingCases;
  const own = { Sequitur: threads, tfjs: 1 };
  yield recordsOf('training', small.title, 'tokens/s', await compareTrainingSteps(small, timing), own);
  // A step of tfjs takes minutes.
  const few = { ...timing, rounds: Math.min(2, rounds) };
  yield recordsOf('training', large.title, 'tokens/s', await compareTrainingSteps(large, few), own);
  for (const name of ['cpu', 'webgpu'] as const) {
    try {
      const speed = await measureTrainingStep(name, small, { ...few, clock: clocks.wall });
      yield recordsOf('training', small.title, 'tokens/s', new Map([[`Sequitur on ${name}`, speed]]));
    } catch (error) {
      if (name !== 'webgpu') throw error;
      console.warn(`webgpu is skipped: ${(error as Error).message}`);
    }
  }
}

async function* inference({ timing, threads }: SuiteContext): AsyncGenerator<KernelRecord[]> {
  const { prefill, decode } = await measureInference(gpt2Presets.small, { timing, prompt: 512, decoded: 16 });
  const own = { Sequitur: threads, 'onnxruntime-web': await onnxThreads() };
  yield recordsOf('inference', 'GPT-2 124M, 512 tokens at once', 'tokens/s', prefill, own);
  yield recordsOf('inference', 'GPT-2 124M, one by one after 512', 'tokens/s', decode, own);
}
