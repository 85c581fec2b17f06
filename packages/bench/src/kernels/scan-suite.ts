import { clocks } from '../measure/clock.js';
import type { Timing } from '../measure/interleave.js';
import { summarize } from '../measure/statistics.js';
import { type KernelRecord, recordsOf, type SuiteContext } from './kernel-record.js';
import { measureScan, measureScanGrowth, measureScanOnWebGpu } from './scan.js';
import { convolutionCase, dualityCase, selectiveScanCase } from './scan-cases.js';

/** The sizes of Mamba 130M; shorter on a software adapter. */
const scanShape = { length: 2048, inner: 1536, state: 16 };
const growing = [1024, 4096, 16_384, 65_536];

/** Ops along the sequence, forward and backward, their growth with the length, and some of them on WebGPU. */
export async function* scanSuite({ rounds, timing, threads }: SuiteContext): AsyncGenerator<KernelRecord[]> {
  const own = { Sequitur: threads, tfjs: 1, peak: 1 };
  const { length, ...sizes } = scanShape;
  for (const create of [selectiveScanCase, convolutionCase, dualityCase]) {
    for (const backward of [false, true]) {
      const { spec, speeds } = await measureScan(
        (tokens) => create({ ...sizes, length: tokens }),
        length,
        backward,
        timing,
      );
      yield recordsOf('scan', passOf(spec, backward), spec.unit, speeds, own);
    }
  }
  const growth = await measureScanGrowth(sizes, growing, { ...timing, rounds: Math.min(3, rounds) });
  const task = `selective scan, ${growing.join(', ')} tokens`;
  const single = (value: number) => summarize([value]);
  yield [
    ...Object.entries(growth.exponent).map(([pass, exponent]) => {
      const contender = pass === 'forward' ? 'forward' : 'forward and backward';
      return { suite: 'scan', task, contender, unit: 'exponent of time', speed: single(exponent) };
    }),
    {
      ...{ suite: 'scan', task, contender: 'memory', unit: 'x inputs and outputs' },
      speed: single(Math.max(...growth.memory)),
    },
  ];
  yield* scanOnWebGpu({ ...timing, rounds: Math.min(3, rounds), clock: clocks.wall });
}

async function* scanOnWebGpu(timing: Timing): AsyncGenerator<KernelRecord[]> {
  const shape = { ...scanShape, length: 512 };
  for (const create of [selectiveScanCase, convolutionCase]) {
    for (const backward of [false, true]) {
      try {
        const { spec, speeds } = await measureScanOnWebGpu(() => create(shape), backward, timing);
        yield recordsOf('scan', `webgpu: ${passOf(spec, backward)}`, spec.unit, speeds);
      } catch (error) {
        console.warn(`webgpu is skipped: ${(error as Error).message}`);
        return;
      }
    }
  }
}

function passOf({ title }: { readonly title: string }, backward: boolean): string {
  return `${title}, forward${backward ? ' and backward' : ''}`;
}
