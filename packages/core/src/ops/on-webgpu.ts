import { kernelModule } from '../backends/kernel-module.js';
import { kernelsOf } from './define-op.js';

/** The kernels of this package for WebGPU. */
export const webGpuKernels = kernelModule('webgpu', () => import('./kernels-on-webgpu.js'));

/** Chooses one of them for an operation. */
export const onWebGpu = kernelsOf(webGpuKernels);
