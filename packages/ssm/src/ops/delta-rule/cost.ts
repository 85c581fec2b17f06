/** Multiply-adds for each element of the state and position: forward, and backward with the states computed again. */
const MULTIPLY_ADDS = { sums: [2, 7], delta: [3, 11], lowRank: [4, 15] } as const;

interface DeltaSizes {
  readonly heads: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/**
 * Cost of the generalized delta rule for one sequence.
 *
 * @param kind without what is read from the state, without a separate place to write it, or with both
 */
export function deltaRuleCost(
  length: number,
  { heads, keySize, valueSize }: DeltaSizes,
  kind: keyof typeof MULTIPLY_ADDS,
) {
  const elements = 2 * length * heads * keySize * valueSize;
  const [forward, backward] = MULTIPLY_ADDS[kind];
  return { flops: forward * elements, gradientFlops: backward * elements };
}
