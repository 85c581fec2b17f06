import { parseArgs } from 'node:util';
import { printKernels } from '../kernels/print.js';
import { kernelSuites } from '../kernels/suite.js';
import { clocks } from '../measure/clock.js';
import { oneOf, positiveInteger, someOf } from './arguments.js';

export const kernelsHelp = `bench kernels [options]: our kernels against tfjs, onnxruntime-web and the machine's peak

  --only <suites>        of ${Object.keys(kernelSuites).join(', ')}; separated by commas (default all)
  --rounds <n>           how often each is timed, in turn with the others (default 7)
  --clock <name>         wall, or processor: the time this process kept a core busy (default wall)
  --simd <kind>          relaxed, with fused products, or base, what Safari has (default relaxed)
`;

const SIMD = ['relaxed', 'base'] as const;

export async function kernels(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: Object.keys(kernelSuites).join(',') },
      rounds: { type: 'string', default: '7' },
      clock: { type: 'string', default: 'wall' },
      simd: { type: 'string', default: 'relaxed' },
    },
  });
  await printKernels({
    only: someOf('--only', Object.keys(kernelSuites), values.only),
    rounds: positiveInteger('--rounds', values.rounds),
    clock: oneOf('--clock', Object.keys(clocks) as (keyof typeof clocks)[], values.clock),
    fusedProducts: oneOf('--simd', SIMD, values.simd) === 'relaxed',
  });
}
