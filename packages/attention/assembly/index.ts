// The functions that the host calls; `src/wasm-kernels.ts` declares them in TypeScript.
export { attentionBackward, backwardScratchBytes } from './backward';
export { attentionForward, forwardScratchBytes } from './forward';
export { rotate } from './rotate';
