export type { Backend, BackendMemory, BackendName, Capability } from './backend.js';
export { closeBackend, openBackend, type OpenBackendOptions } from './open-backend.js';
