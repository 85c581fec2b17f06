// The functions that the host calls; `src/wasm-kernels.ts` declares them in TypeScript.
export { convolutionBackward, convolutionForward } from './causal-convolution';
export { enterRow, finishScanGradients, leaveRow, scanSharedBytes, startScanGradients } from './scan-gradients';
export { scanForward, scanForwardScratchBytes } from './selective-scan';
export { addScanSums, scanBackward, scanBackwardScratchBytes, scanSumBytes } from './selective-scan-backward';
export { deltaForward, deltaForwardScratchBytes } from './delta-rule';
export { deltaBackward, deltaBackwardScratchBytes } from './delta-rule-backward';
