import type { InferenceSession } from 'onnxruntime-web';

/** onnxruntime-web's WebAssembly with one thread, as our kernels have. */
export async function openSession(model: Uint8Array): Promise<InferenceSession> {
  const { env, InferenceSession } = await import('onnxruntime-web');
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  return InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}

export async function floatTensor(values: Float32Array, shape: readonly number[]) {
  const { Tensor } = await import('onnxruntime-web');
  return new Tensor('float32', values, shape);
}

export async function idTensor(values: readonly number[], shape: readonly number[]) {
  const { Tensor } = await import('onnxruntime-web');
  return new Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}
