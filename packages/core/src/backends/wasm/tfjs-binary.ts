import { fromBase64 } from './base64.js';
import { onSharedMemory } from './threads/shared-memory.js';

/** The names of tfjs's builds. It insists on an address for each, though it only asks for the one with SIMD. */
const BUILDS = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/** Kept, since tfjs may be asked to open its binary again by others. */
const addresses = new Map<boolean, string>();

/**
 * Has tfjs open the binary that comes with this package, for it would read one from beside the script, in which no bundler
 * has put it.
 *
 * @param share on memory that threads can share
 */
export async function useEmbeddedBinary(
  setWasmPaths: (addresses: Record<string, string>, usePlatformFetch: boolean) => void,
  { share }: { readonly share: boolean },
): Promise<void> {
  const address = addresses.get(share) ?? (await addressOf(share));
  addresses.set(share, address);
  // tfjs's own reader in Node takes files only, while `fetch` takes such an address everywhere.
  setWasmPaths(Object.fromEntries(BUILDS.map((build) => [build, address])), true);
}

async function addressOf(share: boolean): Promise<string> {
  const { TFJS_WASM_SIMD_BASE64 } = await import('./tfjs-binary.generated.js');
  const plain = fromBase64(TFJS_WASM_SIMD_BASE64);
  return URL.createObjectURL(new Blob([share ? onSharedMemory(plain) : plain], { type: 'application/wasm' }));
}
