/** The softmax of a list of scores on the host, in double precision. */
export function hostSoftmax(scores: ArrayLike<number>): Float64Array {
  let top = -Infinity;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > top) top = scores[i]!;
  const weights = new Float64Array(scores.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.exp(scores[i]! - top);
    sum += weights[i]!;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
  return weights;
}
