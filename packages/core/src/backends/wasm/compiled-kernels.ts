import { enableRelaxedSimd } from '#platform';
import { fromText } from './binary-text.js';

/** A wasm module, compiled by `scripts/wasm-kernels.mjs` for each kind of machine, as text. */
export interface CompiledKernels {
  readonly simd: string;
  /** Null where relaxed SIMD would make no difference. */
  readonly relaxed: string | null;
}

let allowed = true;

/** Decides for all kernels compiled from now on whether multiply-adds are fused. */
export function allowFusedProducts(allow: boolean): void {
  allowed = allow;
  if (allow && !hasRelaxedSimd()) enableRelaxedSimd();
}

/** Whether multiply-adds are fused: products take about three quarters of the time and differ in the last bit. */
export function fusesProducts(): boolean {
  return allowed && hasRelaxedSimd();
}

/** The module for this machine. */
export function codeOf({ simd, relaxed }: CompiledKernels): Uint8Array<ArrayBuffer> {
  return fromText(relaxed !== null && fusesProducts() ? relaxed : simd);
}

/** A module of one function, f32x4.relaxed_madd of its three arguments. */
const PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // a module of version 1
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b], // a type: three v128 to one
  ...[0x03, 0x02, 0x01, 0x00], // a function of it
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
);

function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
