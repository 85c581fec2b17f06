/** Numbers as people read them: three digits, a thin space, a unit. */
const SPACE = '\u202f';
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** `24600000000` -> `24.6 G`; a unit can follow at once. */
export function compact(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const power = Math.max(0, Math.min(PREFIXES.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)));
  return `${threeDigits(value / 1000 ** power)}${SPACE}${PREFIXES[power]}`;
}

export function bytes(value: number | null): string {
  if (value === null) return '–';
  if (value < 1000) return `${threeDigits(value)}${SPACE}B`;
  if (value < 1e6) return `${threeDigits(value / 1e3)}${SPACE}KB`;
  return value < 1e9 ? `${threeDigits(value / 1e6)}${SPACE}MB` : `${threeDigits(value / 1e9)}${SPACE}GB`;
}

/** `420 ms`, `1.2 s` */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${threeDigits(value / 1000)}${SPACE}s`;
  return value < 0.1 ? `${threeDigits(1000 * value)}${SPACE}µs` : `${threeDigits(value)}${SPACE}ms`;
}

export function whole(value: number | null): string {
  return value === null ? '–' : Math.round(value).toLocaleString('en');
}

export function percent(share: number): string {
  return `${Math.round(100 * share)}${SPACE}%`;
}

/** `-0.2 %`, with a true minus and a plus. */
export function change(share: number): string {
  const digits = Math.abs(100 * share).toFixed(1);
  return `${Number(digits) === 0 ? '' : share < 0 ? '−' : '+'}${digits}${SPACE}%`;
}

export function fixed(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))}${SPACE}s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}${SPACE}min`;
  return `${threeDigits(seconds / 3600)}${SPACE}h`;
}

const numberWords = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** `four`; figures from ten on. */
export function inWords(count: number): string {
  return numberWords[count] ?? String(count);
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 || Number.isInteger(value) ? 0 : size >= 9.995 ? 1 : 2).replace(/\.0+$/, '');
}
