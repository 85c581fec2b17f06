// What the host calls, described where it is written; `src/wasm-kernels.ts` declares it in TypeScript.
export { attentionBackward, attentionForward, attentionScratchBytes } from './attention';
