import { generateWasmKernels } from '../../../scripts/wasm-kernels.mjs';

export function generate({ force }) {
  return generateWasmKernels({ packageName: 'attention', output: 'src/kernels.generated.ts', force });
}
