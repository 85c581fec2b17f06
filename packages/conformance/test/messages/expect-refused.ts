import { existsSync, readdirSync } from 'node:fs';
import { SequiturError } from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Milliseconds within which an error has to come. */
const SOON = 10_000;

/** Calls, by name, that take a value which is wrong. */
export type Entries = Readonly<Record<string, (given: never) => unknown>>;
/** Wrong values by name. */
export type Wrong = Readonly<Record<string, unknown>>;

/**
 * Expects one SequiturError that says what was expected, what came and where, soon and briefly; and that no tensor and no
 * file stays open.
 */
export async function expectRefused(call: () => unknown, words?: RegExp): Promise<void> {
  const [files, tensors] = [openFiles(), memory().numTensors];
  const error = await failureOf(call);
  expect(error, 'nothing was thrown').toBeDefined();
  expect(error, String((error as Error)?.stack ?? error)).toBeInstanceOf(SequiturError);
  const { message, problem } = error as SequiturError;
  expect(message.length).toBeLessThan(4000);
  for (const part of [problem.where, problem.expected, problem.got]) expect(part).toMatch(/\S/);
  if (words) expect(message).toMatch(words);
  expect(memory().numTensors, 'tensors left').toBe(tensors);
  expect(openFiles(), 'files left open').toBe(files);
}

/** What a call throws, at once or while its result is read to the end; undefined where it succeeds. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came in ${SOON} ms`)), SOON);
  });
  try {
    await Promise.race([read(call), late]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

async function read(call: () => unknown): Promise<void> {
  const result = await call();
  if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
    for await (const _ of result as AsyncIterable<unknown>);
  }
}

const OPEN = '/proc/self/fd';

function openFiles(): number {
  return existsSync(OPEN) ? readdirSync(OPEN).length : 0;
}

/** Every entry with every wrong value, named. */
export function pairs(entries: Entries, wrong: Wrong): [name: string, call: () => unknown][] {
  return Object.entries(entries).flatMap(([entry, call]) =>
    Object.entries(wrong).map(([value, given]): [string, () => unknown] => [
      `${entry}: ${value}`,
      () => call(given as never),
    ]),
  );
}
