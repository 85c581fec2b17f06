export * from './architecture.js';
export * from './backends/index.js';
export * from './data.js';
export * from './errors.js';
export * from './host-softmax.js';
export * from './initializers.js';
export { isNode } from './is-node.js';
export * from './json.js';
export * from './kernels/index.js';
export * from './layers/index.js';
export * from './losses/index.js';
export * from './memory/append.js';
export * from './model.js';
export * from './module.js';
export * from './options/index.js';
export * from './parameter.js';
export * from './part-costs.js';
export * from './random.js';
export * from './serialized-state.js';
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
} from './state-tree.js';
export * from './tokens.js';
