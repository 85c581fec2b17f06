export interface ConvolutionAttributes {
  /** What is computed in the same pass as the sums. */
  readonly activation: 'silu' | 'none';
}
