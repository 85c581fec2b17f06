import type { Rendering } from '../../protocol/read.js';

/** A band from a token of the source to one that was written. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly thickness: number;
  readonly opacity: number;
}

const THICKEST = 14;
/** What is read from hardly at all is not drawn. */
const LEAST = 0.03;

/** The bands of a picture so wide and high; tokens of either side are evenly spaced. */
export function crossings({ source, target, weights }: Rendering, width: number, height: number): Band[] {
  const at = (index: number, count: number) => round(((index + 0.5) * width) / count);
  const middle = height / 2;
  return target.flatMap((_, to) =>
    source.flatMap((__, from) => {
      const weight = weights[to * source.length + from]!;
      if (weight < LEAST) return [];
      const [top, bottom] = [at(from, source.length), at(to, target.length)];
      const path = `M${top} 0C${top} ${middle} ${bottom} ${middle} ${bottom} ${height}`;
      return [{ from, to, path, thickness: round(1 + THICKEST * weight), opacity: round(0.15 + 0.6 * weight) }];
    }),
  );
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
