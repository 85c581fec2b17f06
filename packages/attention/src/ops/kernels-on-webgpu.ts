// One module, which is loaded as WebGPU is opened.
export { rotateWebGpu } from './rotary/webgpu.js';
export { backwardWebGpu, forwardWebGpu } from './scaled-dot-product/webgpu/index.js';
