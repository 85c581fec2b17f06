import { env } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { fromBase64 } from './base64.js';
import { onSharedMemory } from './threads/shared-memory.js';

/** The names of tfjs's builds. It insists on an address for each, though it only asks for the one with SIMD. */
const BUILDS = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
const ADDRESS = 'sequitur:tfjs-backend-wasm-simd.wasm';

let binary: Uint8Array<ArrayBuffer> | undefined;

/**
 * Has tfjs open the binary that comes with this package: it would read one from beside the script, where no bundler has put
 * it. It is handed over where tfjs asks for an address, since pages may forbid to fetch any but their own, and tfjs would wait
 * for ever.
 *
 * @param share on memory that threads can share
 * @throws SequiturError where the page forbids WebAssembly
 */
export async function useEmbeddedBinary(
  setWasmPaths: (addresses: Record<string, string>, usePlatformFetch: boolean) => void,
  { share }: { readonly share: boolean },
): Promise<void> {
  const { TFJS_WASM_SIMD_BASE64 } = await import('./tfjs-binary.generated.js');
  const plain = fromBase64(TFJS_WASM_SIMD_BASE64);
  const chosen = share ? onSharedMemory(plain) : plain;
  await expectToCompile(chosen);
  if (!binary) answerAddress();
  binary = chosen;
  setWasmPaths(Object.fromEntries(BUILDS.map((build) => [build, ADDRESS])), true);
}

/** tfjs would not say that it cannot be compiled, and wait for ever. */
async function expectToCompile(module: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await WebAssembly.compile(module);
  } catch (error) {
    throw new SequiturError(
      {
        where: 'WebAssembly',
        expected: 'a page that may compile it',
        got: error instanceof Error ? error.message : String(error),
        fix: "Allow 'wasm-unsafe-eval' in script-src of the page's content security policy, or open 'cpu'",
      },
      { cause: error },
    );
  }
}

/** For good, as tfjs may be asked to open WebAssembly again by others. */
function answerAddress(): void {
  const { platform } = env();
  const fetch = platform.fetch.bind(platform);
  platform.fetch = async (address, ...rest) => (address === ADDRESS ? new Response(binary) : fetch(address, ...rest));
}
