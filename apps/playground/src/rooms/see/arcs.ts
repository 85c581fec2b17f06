/** An arc from the word that asks to one before; to itself a small loop. */
export function arcPath(from: number, to: number, height: number, rise = 0.3): string {
  if (from === to) return `M${from - 7} ${height}c-8 -${height * 0.17} 22 -${height * 0.17} 14 0`;
  const top = height - Math.min(height * 1.25, height * 0.17 + Math.abs(from - to) * rise);
  return `M${from} ${height}C${from} ${top} ${to} ${top} ${to} ${height}`;
}
