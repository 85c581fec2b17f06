import { processorCount, sharesMemory } from '#platform';
import type { Capability } from '../../backend.js';
import { isShared } from './shared-memory.js';
import type { Threads } from './threads.js';

/** With more threads, products of usual sizes lose more by waiting than they gain. */
const MOST_BY_DEFAULT = 8;

const GPU = "openBackend('webgpu') computes in parallel where there is a graphics card";

/** The number of threads to start, or the reason for only one. */
export type ThreadPlan = { readonly count: number; readonly alone?: Capability };

/**
 * Plans the number of threads.
 *
 * @param asked the requested number; undefined for that of processor cores
 */
export function planThreads(asked: number | undefined): ThreadPlan {
  const count = asked ?? Math.min(processorCount(), MOST_BY_DEFAULT);
  if (count === 1)
    return asked === 1
      ? alone('one, as asked for', 'Leave out threads: 1')
      : alone('one: this machine has one processor', GPU);
  if (!sharesMemory()) {
    return alone(
      'one: this page may not share memory',
      'Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    );
  }
  return mayShareMemory() ? { count } : alone('one: this system cannot reserve memory that is shared', GPU);
}

/** The maximum size of tfjs's memory, which is reserved at once if shared; phones refuse that. */
function mayShareMemory(): boolean {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    return true;
  } catch {
    return false;
  }
}

function alone(detail: string, hint: string): ThreadPlan {
  return { count: 1, alone: { found: false, detail, hint } };
}

/** Starts the planned threads. If that fails, kernels run on this thread only, and the capability says why. */
export async function startThreads(
  threads: Threads,
  plan: ThreadPlan,
  memory: WebAssembly.Memory,
): Promise<Capability> {
  if (plan.alone) return plan.alone;
  if (!isShared(memory)) {
    const hint = 'Call openBackend before other code makes tfjs open WebAssembly';
    return { found: false, detail: 'one: this backend was open already, on memory that is not shared', hint };
  }
  try {
    await threads.start(plan.count - 1, memory);
  } catch (error) {
    const hint = 'Allow workers, in a page those from blob: URLs (worker-src of its content security policy)';
    return { found: false, detail: `one: ${error instanceof Error ? error.message : error}`, hint };
  }
  return { found: true, detail: `${threads.count}, on shared memory` };
}
