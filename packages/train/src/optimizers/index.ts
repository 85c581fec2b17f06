export { type AdamSettings, adam } from './adam.js';
export { type AdamWSettings, adamW } from './adam-w.js';
export * from './lion.js';
export {
  type DecayRule,
  type DecaySettings,
  everyParameter,
  matrices,
  matricesExcept,
  type Optimizer,
  type UpdateContext,
} from './optimizer.js';
export * from './sgd.js';
export * from './state.js';
export * from './state.js';
