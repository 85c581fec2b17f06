/**
 * Cost of a selective scan of one sequence: three multiply-adds per state element and position (decay, input, output).
 * The backward pass takes eleven: two to recompute the state, two each for output and exponent (decay included), one
 * each for input, signal, step size, state matrix and the previous state.
 */
export function selectiveScanCost(length: number, inner: number, state: number) {
  const places = length * inner * state;
  return { flops: 2 * 3 * places, gradientFlops: 2 * 11 * places };
}
