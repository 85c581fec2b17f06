/** The learning rate of a step, counted from 1. */
export type Schedule = (step: number) => number;

export function constantRate(rate: number): Schedule {
  return () => rate;
}

export interface CosineOptions {
  readonly peak: number;
  /** Steps of linear rise from 0 to the peak. */
  readonly warmUp: number;
  /** The step at which the lowest rate is reached. */
  readonly steps: number;
  /** Default a tenth of the peak. */
  readonly lowest?: number;
}

/** Linear warm-up, then half a cosine down (Loshchilov and Hutter 2017, equation 5). */
export function warmUpThenCosine({ peak, warmUp, steps, lowest = peak / 10 }: CosineOptions): Schedule {
  return (step) => {
    if (step <= warmUp) return (peak * step) / warmUp;
    const share = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
    return lowest + 0.5 * (1 + Math.cos(Math.PI * share)) * (peak - lowest);
  };
}
