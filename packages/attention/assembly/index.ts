// What the host calls, described where it is written; `src/wasm-kernels.ts` declares it in TypeScript.
export { attentionBackward, backwardScratchBytes } from './backward';
export { attentionForward, forwardScratchBytes } from './forward';
export { rotate } from './rotate';
