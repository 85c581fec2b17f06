import { expectNumber } from '@sequitur/core';

export interface BucketSettings {
  readonly buckets: number;
  /** Keys after the query have separate buckets (encoders); else they share the bucket of distance 0 (decoders). */
  readonly bidirectional: boolean;
  /** Larger distances share the last bucket with this one. */
  readonly maxDistance: number;
}

/**
 * The bucket of a distance (key position - query position): small distances have one bucket each, larger ones share
 * buckets that widen logarithmically (Raffel et al. 2020, section 2.1; rounded in float32 as in T5's code).
 */
export function relativeBucket(distance: number, { buckets, bidirectional, maxDistance }: BucketSettings): number {
  const perSide = bidirectional ? Math.floor(buckets / 2) : buckets;
  const side = bidirectional && distance > 0 ? perSide : 0;
  const far = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = Math.floor(perSide / 2);
  if (far < exact) return side + far;
  const { fround } = Math;
  const ratio = fround(fround(Math.log(fround(far / exact))) / fround(Math.log(maxDistance / exact)));
  return side + Math.min(exact + Math.trunc(fround(ratio * (perSide - exact))), perSide - 1);
}

/** Checks that small distances have separate buckets, and that larger ones share buckets. */
export function expectBuckets(where: string, { buckets, bidirectional, maxDistance }: BucketSettings): void {
  const [least, exact] = bidirectional ? [4, Math.floor(Math.floor(buckets / 2) / 2)] : [2, Math.floor(buckets / 2)];
  const isEnough = (count: number) => Number.isInteger(count) && count >= least;
  expectNumber(`${where}, buckets`, buckets, `an integer >= ${least}`, isEnough);
  expectNumber(
    `${where}, maxDistance`,
    maxDistance,
    `more than the ${exact} distances with separate buckets`,
    (most) => most > exact,
  );
}
