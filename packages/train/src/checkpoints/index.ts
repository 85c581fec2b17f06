export { type CheckpointFiles, CheckpointStore, type CheckpointStoreOptions } from './checkpoint-store.js';
export type { EvaluationState, RunState } from './run-state.js';
