// What the host calls, described where it is written; `src/wasm-kernels.ts` declares it in TypeScript.
export { gruBackward } from './gru-backward';
export { gruForward } from './gru';
export { lstmBackward } from './lstm-backward';
export { lstmForward } from './lstm';
export { packColumns } from '../../core/assembly/pack-panels';
export { stepPanelBytes, stepScratchBytes } from './step-product';
