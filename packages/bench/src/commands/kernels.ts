import { parseArgs } from 'node:util';
import { ATTENTION_LENGTHS } from '../kernels/attention.js';
import { printKernels } from '../kernels/print.js';
import { type KernelsOptions, kernelSuites } from '../kernels/suite.js';
import { clocks } from '../measure/clock.js';
import { oneOf, positiveInteger, someOf } from './arguments.js';

export const kernelsHelp = `bench kernels [options]: kernels of Sequitur against tfjs, onnxruntime-web and the machine's peak

  --only <suites>        of ${Object.keys(kernelSuites).join(', ')}; separated by commas (default all)
  --lengths <n,n,...>    of attention, in tokens (default all of ${ATTENTION_LENGTHS.join(',')})
  --rounds <n>           measurements of each contender, interleaved (default 7)
  --threads <n>          threads of Sequitur and onnxruntime-web (default 1); with more, products and attention are also
                         measured with one thread, in the same rounds
  --clock <name>         wall, or processor time for one thread (default wall)
  --simd <kind>          relaxed, with fused multiply-adds, or base, as in Safari (default relaxed)
`;

const SIMD = ['relaxed', 'base'] as const;

export async function kernels(args: readonly string[]): Promise<void> {
  await printKernels(kernelsOptions(args));
}

/** @throws SequiturError for an invalid value of an option; TypeError for an unknown option */
export function kernelsOptions(args: readonly string[]): KernelsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: Object.keys(kernelSuites).join(',') },
      lengths: { type: 'string', default: ATTENTION_LENGTHS.join(',') },
      rounds: { type: 'string', default: '7' },
      threads: { type: 'string', default: '1' },
      clock: { type: 'string', default: 'wall' },
      simd: { type: 'string', default: 'relaxed' },
    },
  });
  return {
    only: someOf('--only', Object.keys(kernelSuites), values.only),
    lengths: someOf('--lengths', ATTENTION_LENGTHS.map(String), values.lengths).map(Number),
    rounds: positiveInteger('--rounds', values.rounds),
    threads: positiveInteger('--threads', values.threads),
    clock: oneOf('--clock', Object.keys(clocks) as (keyof typeof clocks)[], values.clock),
    fusedProducts: oneOf('--simd', SIMD, values.simd) === 'relaxed',
  };
}
