import { generateWasmKernels } from '../../../scripts/wasm-kernels.mjs';

/** The loop that measures the processor's peak. */
export function generate({ force }) {
  return generateWasmKernels({ packageName: 'bench', output: 'src/measure/peak.generated.ts', force });
}
