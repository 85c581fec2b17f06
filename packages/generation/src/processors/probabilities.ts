/** log softmax(scores), as float32. */
export function logSoftmax(scores: ArrayLike<number>): Float32Array {
  const normalizer = logSumExp(scores);
  return Float32Array.from(scores, (score) => score - normalizer);
}

/** log Σ exp(score) in double precision. */
export function logSumExp(scores: ArrayLike<number>): number {
  const top = largest(scores);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp(scores[i]! - top);
  return top + Math.log(sum);
}

/** The entropy -Σ p log p, in nats; zero probabilities add nothing. */
export function entropyOf(probabilities: Float64Array): number {
  let entropy = 0;
  for (const probability of probabilities) if (probability > 0) entropy -= probability * Math.log(probability);
  return entropy;
}

/** The indices of the `count` largest values, largest first, the first of equal ones first. */
export function largestPlaces(values: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let place = 0; place < values.length; place++) {
    const value = values[place]!;
    if (best.length === count && !(value > values[best[count - 1]!]!)) continue;
    if (best.length === count) best.pop();
    let rank = best.length;
    while (rank > 0 && value > values[best[rank - 1]!]!) rank--;
    best.splice(rank, 0, place);
  }
  return best;
}

function largest(values: ArrayLike<number>): number {
  let top = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > top) top = values[i]!;
  return top;
}
