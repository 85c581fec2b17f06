export { scanWebGpu } from './forward.js';
export { scanGradientWebGpu } from './gradient.js';
