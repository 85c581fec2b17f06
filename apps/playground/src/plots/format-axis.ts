import { bytes, compact, milliseconds, percent } from './format.js';
import type { ChartOptions } from './line-chart.js';

const yTexts = { percent, time: milliseconds, bytes, compact: (value: number) => compact(value).trim() } as const;

/** A y value with its unit. */
export function valueText(value: number, yText: ChartOptions['yText'], digits = 2): string {
  if (!Number.isFinite(value)) return '–';
  return yText ? yTexts[yText](value) : value.toFixed(digits);
}

/** An x value: large ones with a prefix. */
export function xText(value: number): string {
  if (value >= 1e5) return compact(value).trim();
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });
}
