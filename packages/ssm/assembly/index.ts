// What the host calls, described where it is written; `src/wasm-kernels.ts` declares it in TypeScript.
export { convolutionBackward, convolutionForward } from './causal-convolution';
export { linearScanBackward, linearScanForward } from './linear-scan';
export { scanBackward, scanBackwardScratchBytes } from './selective-scan-backward';
export { scanForward, scanForwardScratchBytes } from './selective-scan';
