import { SequiturError } from '@sequitur/core';
import { expect } from 'vitest';

/** How many inputs a fuzz test tries; `SEQUITUR_FUZZ=100000 pnpm test:unit fuzz` tries more. */
export function fuzzRuns(usual: number): number {
  return Number(process.env.SEQUITUR_FUZZ ?? usual);
}

/**
 * What a reader of files must hold for any input: it gives a value, or one SequiturError whose message can be read, within
 * a second of computing.
 *
 * @returns whether it gave a value
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
