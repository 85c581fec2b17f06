/** Cost of a linear scan of one sequence: a multiply-add per element, and backwards one each for input and decay. */
export function linearScanCost(length: number, channels: number) {
  const numbers = length * channels;
  return { flops: 2 * numbers, gradientFlops: 4 * numbers };
}
