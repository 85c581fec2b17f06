import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asText, generateWasmKernels } from '../../../scripts/wasm-kernels.mjs';

const wasmFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'backends', 'wasm');
const tfjsOutput = join(wasmFolder, 'tfjs-binary.generated.ts');

export async function generate({ force }) {
  if (force || !isWritten()) embedTfjsBinary();
  const output = 'src/backends/wasm/kernels.generated.ts';
  await generateWasmKernels({ packageName: 'core', output, apart: true, force });
}

function isWritten() {
  const script = fileURLToPath(import.meta.url);
  return existsSync(tfjsOutput) && statSync(tfjsOutput).mtimeMs > statSync(script).mtimeMs;
}

/** tfjs's WebAssembly binary as a base64 module, for pages: bundlers do not copy the binary by themselves. */
function embedTfjsBinary() {
  const distribution = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  const binary = asText(readFileSync(join(distribution, 'tfjs-backend-wasm-simd.wasm')));
  writeFileSync(
    tfjsOutput,
    `/** tfjs-backend-wasm-simd.wasm of @tensorflow/tfjs-backend-wasm (Apache-2.0). */\nexport const TFJS_WASM_SIMD =\n  '${binary}';\n`,
  );
}
