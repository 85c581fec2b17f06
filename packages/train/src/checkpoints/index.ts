export { type CheckpointFiles, CheckpointStore } from './checkpoint-store.js';
export type { EvaluationState, RunState } from './run-state.js';
