import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { printKernels } from '../kernels/print.js';
import { kernelSuites } from '../kernels/suite.js';
import { clocks } from '../measure/clock.js';
import { oneOf, positiveInteger, someOf } from './arguments.js';

export const kernelsHelp = `bench kernels [options]: our kernels against tfjs, onnxruntime-web and the machine's peak

  --only <suites>        of ${Object.keys(kernelSuites).join(', ')}; separated by commas (default all)
  --rounds <n>           how often each is timed, in turn with the others (default 7)
  --clock <name>         wall, or processor: the time this process kept a core busy (default wall)
  --simd <kind>          relaxed, with fused products, or base, what Node 20 has without its flag (default relaxed)
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
  // Later versions have it on, and need not know the flag.
  const flag = oneOf('--simd', SIMD, values.simd) === 'relaxed' ? '--experimental' : '--no-experimental';
  if (process.version.startsWith('v20.')) setFlagsFromString(`${flag}-wasm-relaxed-simd`);
  await printKernels({
    only: someOf('--only', Object.keys(kernelSuites), values.only),
    rounds: positiveInteger('--rounds', values.rounds),
    clock: oneOf('--clock', Object.keys(clocks) as (keyof typeof clocks)[], values.clock),
  });
}
