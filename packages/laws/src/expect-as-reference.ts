import { type BackendName, byReference, openBackend, type WebGpuInstance, webGpuInstance } from '@sequitur/core';
import { backend, grads, type KernelBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { drawNormal } from './draw.js';
import { expectCloseValues } from './expect-close.js';

/** A function and the shapes of its random inputs, which are the same on every backend. */
export interface DrawnCall {
  /** Shapes of the float32 inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly f: (...inputs: Tensor[]) => Tensor;
  /** Standard deviation of the inputs; default 1. */
  readonly scale?: number;
}

/**
 * Expects the value and the gradients of a call on a backend to equal those of the reference ops on tfjs's 'cpu'
 * backend.
 *
 * @param kernels name prefixes of WebGPU kernels that must have run, so that no reference is compared with itself
 */
export async function expectAsReference(
  name: BackendName,
  call: DrawnCall,
  { tolerance, kernels = [] }: { readonly tolerance: number; readonly kernels?: readonly string[] },
): Promise<void> {
  await openBackend(name, { threads: 1 });
  const ran = watchKernels();
  const found = await evaluated(call, (compute) => compute());
  for (const kernel of kernels)
    expect(
      ran.some((each) => each.startsWith(kernel)),
      `${kernel} among ${ran}`,
    ).toBe(true);
  await openBackend('cpu');
  const wanted = await evaluated(call, byReference);
  await openBackend(name, { threads: 1 });
  expect(found.length).toBe(wanted.length);
  for (const [index, values] of found.entries()) {
    expectCloseValues(values, wanted[index]!, tolerance, index === 0 ? 'value' : `gradient ${index - 1}`);
  }
}

/** The value of f, and the gradient of Σ c ⊙ f by each input, for random c. */
async function evaluated(
  { shapes, f, scale = 1 }: DrawnCall,
  run: (compute: () => Tensor[]) => Tensor[],
): Promise<Float32Array[]> {
  const inputs = shapes.map((shape, index) => drawNormal<Tensor>(shape, `input ${index}`, scale));
  const results = run(() => {
    const output = tidy(() => f(...inputs));
    const dy = drawNormal<Tensor>(output.shape, 'dy');
    const gradients = grads((...given: Tensor[]) => tidy(() => f(...given)))(inputs, dy) as Tensor[];
    dy.dispose();
    return [output, ...gradients];
  });
  const values = await Promise.all(results.map(async (each) => ((await each.data()) as Float32Array).slice()));
  for (const tensor of [...inputs, ...results]) tensor.dispose();
  return values;
}

/** Records the names of the WebGPU kernels that run from now on. */
function watchKernels(): string[] {
  const names: string[] = [];
  const gpu = webGpuInstance(backend() as KernelBackend) as { compute: WebGpuInstance['compute'] } | null;
  if (!gpu) return names;
  const compute = Object.getPrototypeOf(gpu).compute as WebGpuInstance['compute'];
  gpu.compute = (kernel, call) => {
    names.push(kernel.name);
    compute.call(gpu, kernel, call);
  };
  return names;
}
