import { type Backend, type BackendName, openBackend } from '@sequitur/core';
import { beforeAll, beforeEach, describe } from 'vitest';

const ALL: readonly BackendName[] = ['cpu', 'wasm', 'webgpu'];

/** One thread: threads have separate tests, and results do not depend on their number. */
const ALONE = { threads: 1 };

/**
 * Runs a suite on cpu, wasm and webgpu, each opened before it. Where this machine has no WebGPU adapter the suite is
 * skipped by name; with SEQUITUR_REQUIRE_WEBGPU=1, as in CI, it fails instead. SEQUITUR_BACKENDS=cpu,wasm restricts the
 * list.
 */
export function onEachBackend(title: string, body: (name: BackendName) => void, names = ALL): void {
  for (const name of names) {
    if (!asked().includes(name)) {
      describe.skip(`${title} on ${name} (not in SEQUITUR_BACKENDS)`, () => body(name));
      continue;
    }
    describe(`${title} on ${name}`, () => {
      let opened: Backend | undefined;
      let failure: unknown;
      beforeAll(async () => {
        try {
          opened = await openBackend(name, ALONE);
        } catch (error) {
          failure = error;
        }
      });
      beforeEach(async ({ skip }) => {
        if (!opened && name === 'webgpu' && process.env.SEQUITUR_REQUIRE_WEBGPU !== '1') {
          skip(`no WebGPU here: ${(failure as Error).message}`);
        }
        if (!opened) throw failure;
        await openBackend(name, ALONE);
      });
      body(name);
    });
  }
}

function asked(): readonly string[] {
  return process.env.SEQUITUR_BACKENDS?.split(',') ?? ALL;
}
