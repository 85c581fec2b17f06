/** A product op(A) op(B) of matrices [m, k] and [k, n], `batch` of them. */
export interface MatMulCase {
  readonly title: string;
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export const matMulCases: readonly MatMulCase[] = [
  product('feed-forward', 1024, 768, 3072),
  product('feed-forward, Aᵀ B', 1024, 768, 3072, { transposeA: true }),
  product('feed-forward, A Bᵀ', 1024, 768, 3072, { transposeB: true }),
  product('feed-forward, Aᵀ Bᵀ', 1024, 768, 3072, { transposeA: true, transposeB: true }),
  product('scores of 12 heads', 512, 64, 512, { batch: 12, transposeB: true }),
  product('values of 12 heads', 512, 512, 64, { batch: 12 }),
  product('gradient of values', 512, 512, 64, { batch: 12, transposeA: true }),
  product('one token up', 1, 768, 3072),
  product('one token down', 1, 3072, 768),
  product('tied head, one token', 1, 768, 50257, { transposeB: true }),
  product('tied head, 64 tokens', 64, 768, 50257, { transposeB: true }),
];

function product(
  title: string,
  m: number,
  k: number,
  n: number,
  { batch = 1, transposeA = false, transposeB = false }: Partial<MatMulCase> = {},
): MatMulCase {
  return { title, batch, m, k, n, transposeA, transposeB };
}

export function flopsOf({ batch, m, k, n }: MatMulCase): number {
  return 2 * batch * m * k * n;
}

export function shapesOf({ batch, m, k, n, transposeA, transposeB }: MatMulCase): [a: number[], b: number[]] {
  const leading = batch === 1 ? [] : [batch];
  return [
    [...leading, ...(transposeA ? [k, m] : [m, k])],
    [...leading, ...(transposeB ? [n, k] : [k, n])],
  ];
}

/**
 * The largest difference of some numbers of `found` from the sum in double precision, relative to the root of its
 * length: products of numbers of size 1 grow like that.
 */
export function errorOf(spec: MatMulCase, a: Float32Array, b: Float32Array, found: Float32Array): number {
  const { batch, m, k, n, transposeA, transposeB } = spec;
  let worst = found.length === batch * m * n ? 0 : Number.POSITIVE_INFINITY;
  const step = Math.max(1, Math.floor(found.length / 997));
  for (let at = 0; at < found.length; at += step) {
    const [which, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) {
      sum +=
        a[which * m * k + (transposeA ? p * m + i : i * k + p)]! *
        b[which * k * n + (transposeB ? j * k + p : p * n + j)]!;
    }
    worst = Math.max(worst, Math.abs(sum - found[at]!) / Math.sqrt(k));
  }
  return worst;
}
