/** Operations of a linear scan of one text: a multiply-add for each number, backwards one to its input and one to its decay. */
export function linearScanCost(length: number, channels: number) {
  const numbers = length * channels;
  return { flops: 2 * numbers, gradientFlops: 4 * numbers };
}
