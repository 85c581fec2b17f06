import { fusesProducts } from '@sequitur/core';
import { describeMachine, loadWarning } from '../measure/machine.js';
import { spreadOf } from '../measure/statistics.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import { type KernelsOptions, measureKernels } from './suite.js';

/** Runs the suites and prints a table as it grows: medians, half the distance between quartiles, and ratios. */
export async function printKernels(options: KernelsOptions): Promise<void> {
  await openStockBesideOurs({ fusedProducts: options.fusedProducts ?? true });
  const { processor, cores, node } = describeMachine();
  const simd = fusesProducts() ? 'relaxed SIMD' : 'base SIMD';
  console.log(
    `${processor}, ${cores} cores, Node ${node}; one thread each, ${simd}; ${options.clock} clock; median ± spread`,
  );
  const warning = loadWarning();
  if (warning) console.warn(`Warning: ${warning}`);
  for await (const records of measureKernels(options)) {
    console.log(`\n${records[0]!.suite}: ${records[0]!.task}`);
    const ours = records.find(({ contender }) => contender === 'Sequitur');
    for (const { contender, unit, speed } of records) {
      const amount = shown(speed.median).padStart(9);
      const spread = `± ${(100 * spreadOf(speed)).toFixed(0)} %`.padStart(8);
      const ratio =
        ours && contender !== 'Sequitur'
          ? `  Sequitur/${contender} ${(ours.speed.median / speed.median).toFixed(2)}`
          : '';
      console.log(`  ${contender.padEnd(20)} ${amount} ${unit} ${spread}${ratio}`);
    }
  }
}

/** Exponents and shares need more digits than speeds. */
function shown(value: number): string {
  return value < 10 ? value.toPrecision(4) : value.toFixed(value < 100 ? 1 : 0);
}
