// What the host calls, described where it is written; `src/wasm-kernels.ts` declares it in TypeScript.
export { convolutionBackward, convolutionForward } from './causal-convolution';
export { enterText, finishScanGradients, leaveText, scanSharedBytes, startScanGradients } from './scan-gradients';
export { scanForward, scanForwardScratchBytes } from './selective-scan';
export { addScanSums, scanBackward, scanBackwardScratchBytes, scanSumBytes } from './selective-scan-backward';
