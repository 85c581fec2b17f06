export type { Backend, BackendMemory, BackendName, Capability } from './backend.js';
export { type CpuInstance, cpuInstance } from './cpu/instance.js';
export { closeBackend, type OpenBackendOptions, openBackend } from './open-backend.js';
export { type CompiledKernels, codeOf, fusesProducts } from './wasm/compiled-kernels.js';
export type { Offset } from './wasm/exports.js';
export { type WasmInstance, wasmInstance, wasmKernels } from './wasm/instance.js';
export { type Range, ranges } from './wasm/threads/ranges.js';
export { type ComputeCall, groupsOf, type TensorPart, type WebGpuInstance, webGpuInstance } from './webgpu/compute.js';
export { type ElementType, type NumberType, REDUCTIONS, type WebGpuKernel } from './webgpu/kernel.js';
