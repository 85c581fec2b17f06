/** One module, compiled by `scripts/wasm-kernels.mjs` for what each machine has: base64. */
export interface CompiledKernels {
  readonly simd: string;
  /** Null where relaxed SIMD would make no difference. */
  readonly relaxed: string | null;
}

/** The module that suits this machine best. */
export function codeOf({ simd, relaxed }: CompiledKernels): Uint8Array<ArrayBuffer> {
  const base64 = relaxed !== null && hasRelaxedSimd() ? relaxed : simd;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** A module of one function, f32x4.relaxed_madd of its three arguments. */
const PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // a module of version 1
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b], // a type: three v128 to one
  ...[0x03, 0x02, 0x01, 0x00], // a function of it
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
);

/**
 * Whether products can be fused with sums, as relaxed SIMD of WebAssembly does where the processor can: products take about
 * three quarters of the time, and differ in the last bit.
 */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
