/** The activations that have kernels of their own, by the number that the WebAssembly ones know them by. */
export const KINDS = { gelu: 0, geluTanh: 1, silu: 2 } as const;

export interface ActivationAttributes {
  readonly kind: keyof typeof KINDS;
}
