import { SequiturError } from '@sequitur/core';
import { expect } from 'vitest';

/** Number of inputs of a fuzz test; `SEQUITUR_FUZZ=100000 pnpm test:unit fuzz` runs more. */
export function fuzzRuns(usual: number): number {
  return Number(process.env.SEQUITUR_FUZZ ?? usual);
}

/**
 * Expects a file reader to return a value or to throw one SequiturError with a readable message, within a second of CPU
 * time.
 *
 * @returns whether it returned a value
 */
export async function expectHonest(read: () => unknown): Promise<boolean> {
  const start = process.cpuUsage();
  try {
    await read();
    return true;
  } catch (error) {
    expect(error, error instanceof Error ? error.stack : String(error)).toBeInstanceOf(SequiturError);
    expect((error as Error).message.length).toBeLessThan(4000);
    return false;
  } finally {
    expect(process.cpuUsage(start).user / 1e6, 'seconds of computing').toBeLessThan(1);
  }
}
