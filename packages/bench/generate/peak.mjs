import { generateWasmKernels } from '../../../scripts/wasm-kernels.mjs';

/** Compiles the loop that measures the CPU's peak arithmetic throughput. */
export function generate({ force }) {
  return generateWasmKernels({ packageName: 'bench', output: 'src/measure/peak.generated.ts', force });
}
