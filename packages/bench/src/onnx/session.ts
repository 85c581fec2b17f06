import { SequiturError } from '@sequitur/core';
import type { InferenceSession } from 'onnxruntime-web';

let started: number | undefined;

/**
 * Opens a session of onnxruntime-web on WebAssembly. Its threads start with the first session and are shared by all
 * later ones.
 *
 * @param threads number of threads, including the main one; {@link onnxThreads} returns the real number
 * @throws SequiturError if the process's first session had another number
 */
export async function openSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  const { env, InferenceSession } = await import('onnxruntime-web');
  if (started !== undefined && started !== threads) {
    throw new SequiturError({
      where: 'onnxruntime-web',
      expected: `${started} of its threads, as this process has started it`,
      got: `${threads} asked for`,
      fix: 'Measure another number of threads in another process',
    });
  }
  if (started === undefined) env.wasm.numThreads = threads;
  started = threads;
  env.logLevel = 'error';
  return InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}

/** Number of threads of onnxruntime-web, after a session was opened: it falls back to one if it cannot start more. */
export async function onnxThreads(): Promise<number> {
  const { env } = await import('onnxruntime-web');
  return env.wasm.numThreads ?? 1;
}

export async function floatTensor(values: Float32Array, shape: readonly number[]) {
  const { Tensor } = await import('onnxruntime-web');
  return new Tensor('float32', values, shape);
}

export async function idTensor(values: readonly number[], shape: readonly number[]) {
  const { Tensor } = await import('onnxruntime-web');
  return new Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}
