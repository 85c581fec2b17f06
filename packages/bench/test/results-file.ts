import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path for results in a temporary folder, which is removed after the test. */
export async function resultsFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sequitur-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'results.jsonl');
}
