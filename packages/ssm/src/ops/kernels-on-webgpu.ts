// One module, which is loaded as WebGPU is opened.
export { convolutionGradientWebGpu, convolutionWebGpu } from './causal-convolution/webgpu.js';
export { scanGradientWebGpu, scanWebGpu } from './selective-scan/webgpu/index.js';
