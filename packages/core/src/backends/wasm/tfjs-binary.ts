import { env } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { fromText } from './binary-text.js';
import { onSharedMemory } from './threads/shared-memory.js';

/** The names of tfjs's builds. It requires a URL for each, though it fetches only the one with SIMD. */
const BUILDS = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
const ADDRESS = 'sequitur:tfjs-backend-wasm-simd.wasm';

let binary: Uint8Array<ArrayBuffer> | undefined;

/**
 * Makes tfjs use the binary in this package: by default it fetches one relative to the script, where no bundler has put
 * it. The binary is provided at tfjs's fetch of the URL, since pages may forbid other URLs, and tfjs would then wait
 * forever.
 *
 * @param share whether the memory is one that threads can share
 * @throws SequiturError where the page forbids WebAssembly
 */
export async function useEmbeddedBinary(
  setWasmPaths: (addresses: Record<string, string>, usePlatformFetch: boolean) => void,
  { share }: { readonly share: boolean },
): Promise<void> {
  const { TFJS_WASM_SIMD } = await import('./tfjs-binary.generated.js');
  const plain = fromText(TFJS_WASM_SIMD);
  const chosen = share ? onSharedMemory(plain) : plain;
  await expectToCompile(chosen);
  if (!binary) answerAddress();
  binary = chosen;
  setWasmPaths(Object.fromEntries(BUILDS.map((build) => [build, ADDRESS])), true);
}

/** tfjs would not report that compilation failed, and wait forever. */
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

/** Answers that fetch from now on, since other code may make tfjs open wasm again. */
function answerAddress(): void {
  const { platform } = env();
  const fetch = platform.fetch.bind(platform);
  platform.fetch = async (address, ...rest) => (address === ADDRESS ? new Response(binary) : fetch(address, ...rest));
}
