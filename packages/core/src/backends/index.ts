export type { Backend, BackendMemory, BackendName, Capability } from './backend.js';
export { closeBackend, type OpenBackendOptions, openBackend } from './open-backend.js';
export { type WasmInstance, wasmInstance } from './wasm/instance.js';
