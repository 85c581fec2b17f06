/** How much higher an arc rises for each column that it spans. */
const RISE = 30;

/**
 * An arc from the column that asks to one before; to itself a small loop. Its x are columns, so that it fits any width:
 * draw it in a picture that is stretched, with strokes that are not.
 */
export function arcPath(from: number, to: number, height: number, flat = 1): string {
  const [start, end] = [from + 0.5, to + 0.5];
  if (from === to) return `M${start - 0.07} ${height}c-.08 -${height * 0.17} .22 -${height * 0.17} .14 0`;
  const top = height - Math.min(height * 1.25, height * 0.17 + Math.abs(from - to) * RISE * flat);
  return `M${start} ${height}C${start} ${top} ${end} ${top} ${end} ${height}`;
}
