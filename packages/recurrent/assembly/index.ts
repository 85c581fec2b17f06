// The functions that the host calls; `src/wasm-kernels.ts` declares them in TypeScript.
export { gruBackward } from './gru-backward';
export { gruForward } from './gru';
export { lstmBackward } from './lstm-backward';
export { lstmForward } from './lstm';
export { packColumns } from '../../core/assembly/pack-panels';
export { stepPanelBytes, stepScratchBytes } from './step-product';
