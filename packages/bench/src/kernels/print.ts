import { fusesProducts } from '@sequitur/core';
import { clockFor } from '../measure/clock.js';
import { describeMachine, loadWarning } from '../measure/machine.js';
import { spreadOf } from '../measure/statistics.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import { titleOf } from './contest.js';
import type { KernelRecord } from './kernel-record.js';
import { type KernelsOptions, measureKernels } from './suite.js';

/** Runs the suites and prints a table row by row: medians, half the interquartile range, and ratios. */
export async function printKernels(options: KernelsOptions): Promise<void> {
  const { threads = 1, fusedProducts = true } = options;
  clockFor(options.clock, threads);
  await openStockBesideOurs({ threads, fusedProducts });
  const { processor, cores, node } = describeMachine();
  const simd = fusesProducts() ? 'relaxed SIMD' : 'base SIMD';
  const own = threads === 1 ? 'one thread each' : `${threads} threads unless stated otherwise`;
  console.log(`${processor}, ${cores} cores, Node ${node}; ${own}, ${simd}; ${options.clock} clock; median ± spread`);
  const warning = loadWarning();
  if (warning) console.warn(`Warning: ${warning}`);
  for await (const records of measureKernels(options)) {
    console.log(`\n${records[0]!.suite}: ${records[0]!.task}`);
    const width = threads === 1 ? 20 : 28;
    for (const record of records) {
      const { unit, speed } = record;
      const amount = shown(speed.median).padStart(9);
      const spread = `± ${(100 * spreadOf(speed)).toFixed(0)} %`.padStart(8);
      const ratios = ratiosOf(record, records).map((ratio) => `  ${ratio}`);
      console.log(`  ${nameOf(record, threads).padEnd(width)} ${amount} ${unit} ${spread}${ratios.join('')}`);
    }
  }
}

/** Name of the contender, with its number of threads if not all have the same. */
function nameOf({ contender, threads }: KernelRecord, all: number): string {
  return threads === undefined || all === 1 ? contender : titleOf(contender, threads);
}

/**
 * Ratios of our speed to the other contenders' with as many threads if there is such a record, and of several threads
 * to one.
 */
export function ratiosOf(record: KernelRecord, records: readonly KernelRecord[]): string[] {
  const { contender, threads = 1, speed } = record;
  const ours = records.filter((other) => other.contender === 'Sequitur');
  const equal = ours.find((other) => (other.threads ?? 1) === threads) ?? ours[0];
  const single = records.find((other) => other.contender === contender && other.threads === 1);
  const ratios: string[] = [];
  if (equal && contender !== 'Sequitur') {
    const name = (equal.threads ?? 1) === threads ? equal.contender : titleOf(equal.contender, equal.threads ?? 1);
    ratios.push(`${name}/${contender} ${(equal.speed.median / speed.median).toFixed(2)}`);
  }
  if (single && threads > 1) ratios.push(`${threads} threads/one ${(speed.median / single.speed.median).toFixed(2)}`);
  return ratios;
}

/** Formats a value; exponents and fractions need more digits than speeds. */
function shown(value: number): string {
  return value < 10 ? value.toPrecision(4) : value.toFixed(value < 100 ? 1 : 0);
}
