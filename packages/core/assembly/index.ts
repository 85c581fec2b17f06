// The functions that the host calls; `src/backends/wasm/exports.ts` declares them in TypeScript.
export { activationForward, activationBackward } from './activation';
export { adamWInPlace } from './adam-w';
export { dropout } from './dropout';
export { embedBackward, embedForward } from './embed';
export { gemmBatch, gemmScratchBytes } from './gemm';
export { layerNormBackward, layerNormForward } from './layer-norm';
export { quantizedInputs, quantizedLinear, dequantizeRows } from './quantized';
export { add, columnSums, sumOfSquares } from './reduce';
export { linearScanBackward, linearScanForward } from './linear-scan';
export { rmsNormBackward, rmsNormForward } from './rms-norm';
export { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from './softmax-cross-entropy';
