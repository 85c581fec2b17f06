import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SequiturError } from '../errors.js';

/** A name that bundlers for Node do not know, so that they resolve no optional package; comments are minified away. */
const load = (name: string): Promise<typeof import('webgpu')> => import(/* @vite-ignore */ name);

let gpu: GPU | undefined;
let collect: (() => void) | undefined;

/** The GPU interface of the optional package `webgpu`. */
export async function openGpu(): Promise<GPU> {
  if (gpu) return gpu;
  try {
    const { create, globals } = await load('webgpu');
    Object.assign(globalThis, globals);
    gpu = create([]);
    collect = exposedCollector();
    return gpu;
  } catch (error) {
    throw new SequiturError(
      {
        where: 'WebGPU in Node',
        expected: "the package 'webgpu'",
        got: error instanceof Error ? error.message : String(error),
        fix: 'Install it: npm install webgpu (130 MB, which is why it is optional)',
      },
      { cause: error },
    );
  }
}

/**
 * A function that collects garbage at once: objects of the package `webgpu` look small to the garbage collector and
 * large to the driver. They are freed at the next turn of the event loop. Undefined where that package is not used.
 */
export function garbageCollector(): (() => void) | undefined {
  return collect;
}

/** Node's `gc`, which is hidden unless requested. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
