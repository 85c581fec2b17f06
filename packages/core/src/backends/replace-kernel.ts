import { getKernel, type KernelConfig, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import type { BackendName } from './backend.js';

/** A kernel function as tfjs's registry holds it, with the inputs and attributes of one kind of kernel. */
export type BackendKernel<Inputs, Attributes> = (call: {
  inputs: Inputs;
  attrs: Attributes;
  backend: never;
}) => TensorInfo;

const ours = new WeakSet<object>();

/** Replaces a kernel of tfjs, which is passed as fallback, unless it is replaced already. */
export function replaceKernel<Inputs, Attributes>(
  backendName: BackendName,
  kernelName: string,
  wrap: (stock: BackendKernel<Inputs, Attributes>) => BackendKernel<Inputs, Attributes>,
): void {
  const { kernelFunc, ...rest } = getKernel(kernelName, backendName);
  if (ours.has(kernelFunc)) return;
  const kernel = wrap(kernelFunc as unknown as BackendKernel<Inputs, Attributes>);
  ours.add(kernel);
  unregisterKernel(kernelName, backendName);
  registerKernel({ ...rest, kernelFunc: kernel as unknown as KernelConfig['kernelFunc'] });
}
