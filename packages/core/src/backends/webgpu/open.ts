import { engine, env, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { Capability, OpenedBackend } from '../backend.js';
import { registerCast } from './cast.js';
import { describe, type OpenedDevice, openDevice } from './device.js';
import { registerLargeSums } from './large-sums.js';
import { registerRunningSum } from './running-sum.js';
import { registerTranspose } from './transpose.js';

/** tfjs's WebGPU kernels on the device of this package. */
export async function openWebGpu({
  allowSoftwareAdapter,
  halfPrecision,
}: {
  readonly allowSoftwareAdapter: boolean;
  readonly halfPrecision: boolean;
}): Promise<OpenedBackend> {
  const opened = await openDevice(allowSoftwareAdapter);
  const { GuardedWebGpuBackend } = await import('./guarded-backend.js');
  // By default tfjs computes small tensors on the CPU: a test of the GPU would test something else.
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = withNavigatorGpu(() => new GuardedWebGpuBackend(opened, halfPrecision));
  // Where the page has WebGPU, importing tfjs's package has registered a backend that opens another device.
  if (engine().registryFactory.webgpu) removeBackend('webgpu');
  registerBackend('webgpu', () => backend);
  registerCast();
  registerLargeSums();
  registerRunningSum();
  registerTranspose();
  return {
    capabilities: { ...capabilitiesOf(opened), halfPrecision: describeHalfPrecision(backend, halfPrecision) },
    sync: () => backend.sync(),
    isLost: () => backend.isLost,
    reserved: () => backend.allocatedBytes,
  };
}

/** tfjs's constructor requires `navigator.gpu`, which Node does not have. */
function withNavigatorGpu<T>(construct: () => T): T {
  if (globalThis.navigator?.gpu) return construct();
  const previous = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
  try {
    return construct();
  } finally {
    if (previous) Object.defineProperty(globalThis, 'navigator', previous);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

function capabilitiesOf({ device, info, isSoftware }: OpenedDevice): Record<string, Capability> {
  const feature = (name: GPUFeatureName, hint: string): Capability =>
    device.features.has(name)
      ? { found: true, detail: name }
      : { found: false, detail: `the adapter has no ${name}`, hint };
  return {
    adapter: {
      found: !isSoftware,
      detail: describe(info),
      ...(isSoftware && { hint: 'This adapter computes on the processor: install a graphics driver' }),
    },
    f16: feature('shader-f16', 'A newer graphics driver may have it'),
    subgroups: feature('subgroups' as GPUFeatureName, 'A newer browser or graphics driver may have it'),
    bindingSize: { found: true, detail: `${device.limits.maxStorageBufferBindingSize} bytes per tensor` },
  };
}

function describeHalfPrecision(backend: { readonly halfPrecision: boolean }, asked: boolean): Capability {
  if (backend.halfPrecision) return { found: true, detail: 'attention holds keys and values in 16 bits' };
  if (asked) {
    return { found: false, detail: 'the adapter has no shader-f16', hint: 'A newer graphics driver may have it' };
  }
  return { found: false, detail: 'not requested', hint: 'Open the backend with halfPrecision: true' };
}
