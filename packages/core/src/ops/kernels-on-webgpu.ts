// One module, which is loaded as WebGPU is opened.
export { activationGradientWebGpu, activationWebGpu } from './activation/webgpu.js';
export { adamWInPlaceWebGpu } from './adam-w-step/webgpu.js';
export { columnSumsWebGpu } from './column-sums/webgpu.js';
export { dequantizeRowsWebGpu } from './dequantize-rows/webgpu.js';
export { dropoutWebGpu } from './dropout/webgpu.js';
export { embedGradientWebGpu, embedWebGpu } from './embed/webgpu.js';
export { expertLinearWebGpu, expertOuterWebGpu } from './expert-linear/webgpu.js';
export { squaredSumWebGpu } from './global-norm/webgpu.js';
export { layerNormGradientWebGpu, layerNormWebGpu } from './layer-norm/webgpu.js';
export { linearWebGpu } from './linear/webgpu.js';
export { linearScanGradientWebGpu, linearScanWebGpu } from './linear-scan/webgpu.js';
export { quantizedLinearWebGpu } from './quantized-linear/webgpu.js';
export { rmsNormGradientWebGpu, rmsNormWebGpu } from './rms-norm/webgpu.js';
export { selectLargestWebGpu } from './select-largest/webgpu.js';
export { softmaxCrossEntropyGradientWebGpu, softmaxCrossEntropyWebGpu } from './softmax-cross-entropy/webgpu.js';
export { unembedWebGpu } from './unembed/webgpu.js';
