import { SequiturError } from '@sequitur/core';
import type { InferenceSession } from 'onnxruntime-web';

let started: number | undefined;

/**
 * onnxruntime-web's WebAssembly. Its threads are started with the first session and serve all later ones.
 *
 * @param threads this one among them; {@link onnxThreads} says how many it has
 * @throws SequiturError for another number than that of this process's first session
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

/** With how many threads onnxruntime-web runs, once a session is open: where it may not start more it goes back to one. */
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
