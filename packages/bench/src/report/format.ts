import type { PowerLaw } from '../scaling/fit.js';
import type { SweepSettings } from '../scaling/records.js';

export function milliseconds(time: number): string {
  if (time >= 10_000) return `${(time / 1000).toFixed(1)} s`;
  return `${time >= 99.5 ? time.toFixed(0) : time.toPrecision(2)} ms`;
}

export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value >= 10 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

export function exponent(law: PowerLaw | null): string {
  return law ? `${law.exponent.toFixed(2)} ± ${law.margin.toFixed(2)}` : '';
}

export function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** The backend with its number of threads, since times with different numbers are not comparable. */
export function backendOf({ backend, threads }: Pick<SweepSettings, 'backend' | 'threads'>): string {
  return backend === 'wasm' ? `${backend}, ${threads === 1 ? 'one thread' : `${threads} threads`}` : backend;
}
