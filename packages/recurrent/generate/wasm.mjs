import { generateWasmKernels } from '../../../scripts/wasm-kernels.mjs';

export function generate({ force }) {
  return generateWasmKernels({ packageName: 'recurrent', output: 'src/kernels.generated.ts', force });
}
