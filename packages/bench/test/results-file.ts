import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of results not yet there, in a folder that is gone when the test is over. */
export async function resultsFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sequitur-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'results.jsonl');
}
