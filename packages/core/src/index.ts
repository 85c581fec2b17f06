export * from './backends/index.js';
export * from './errors.js';
export * from './half-precision.js';
export * from './host-softmax.js';
export * from './json.js';
export * from './model/architecture.js';
export * from './model/costs.js';
export * from './model/data.js';
export * from './model/expect-step.js';
export * from './model/initializers.js';
export * from './model/layers/index.js';
export * from './model/losses/index.js';
export * from './model/model.js';
export * from './model/module.js';
export * from './model/padding.js';
export * from './model/parameter.js';
export * from './model/quantize.js';
export * from './model/serialized-state.js';
export {
  bytesIn,
  disposeState,
  keepState,
  mapState,
  reorder,
  replaceState,
  type StateTree,
  scoped,
  tensorsIn,
} from './model/state-tree.js';
export * from './model/tokens.js';
export * from './ops/index.js';
export * from './options/index.js';
export * from './random.js';
export * from './shape.js';
