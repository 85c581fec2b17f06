/**
 * Operations of a selective scan of one text, for each place of the state at each position three multiply-adds: decay,
 * input, output. Backwards eleven: two to compute the state again, two each for output and exponent (with the decay
 * itself), one each for input, signal, step size, state matrix and the state before.
 */
export function selectiveScanCost(length: number, inner: number, state: number) {
  const places = length * inner * state;
  return { flops: 2 * 3 * places, gradientFlops: 2 * 11 * places };
}
