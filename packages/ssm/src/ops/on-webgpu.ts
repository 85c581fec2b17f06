import { kernelModule, kernelsOf } from '@sequitur/core';

/** Chooses one of the kernels of this package for WebGPU. */
export const onWebGpu = kernelsOf(kernelModule('webgpu', () => import('./kernels-on-webgpu.js')));
