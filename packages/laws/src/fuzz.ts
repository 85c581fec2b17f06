import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectHonest, fuzzRuns } from './honest.js';

/** A reader of damaged input. */
export interface FuzzedReader<Input> {
  readonly name: string;
  readonly draw: (random: Random) => Input;
  /** The number of bytes of an input. */
  readonly bytesIn: (input: Input) => number;
  /** Bytes of the model that is created or filled. */
  readonly modelBytes?: number;
  /** Reads an input and disposes the result. */
  readonly read: (input: Input) => Promise<void>;
}

export interface FuzzOutcomes {
  readonly read: number;
  readonly refused: number;
}

const MIB = 2 ** 20;

/** Memory of pending garbage collections, in addition to that of an input. */
const SLACK = 96 * MIB;

/** Milliseconds for one reader, if no number of inputs is requested. */
const USUAL_TIME = 6000;

/**
 * Checks a reader on damaged inputs: it must return a value or throw one readable SequiturError within a second, use at
 * most four times the memory of input and model, and leave no tensor and no open file. Prints the number of outcomes.
 */
export async function fuzz<Input>(reader: FuzzedReader<Input>, usual: number, seed = 1): Promise<FuzzOutcomes> {
  const runs = fuzzRuns(usual);
  const began = performance.now();
  const isBounded = process.env.SEQUITUR_FUZZ === undefined;
  const [tensors, files] = [memory().numTensors, openFiles()];
  const outcomes = { read: 0, refused: 0 };
  let longest = 0;
  for (let index = 0; index < runs && !(isBounded && performance.now() - began > USUAL_TIME); index++) {
    const input = reader.draw(Random.fromSeed(seed).fork(index));
    const where = `${reader.name}, seed ${seed}, input ${index}`;
    const [peak, start] = [process.resourceUsage().maxRSS * 1024, process.cpuUsage()];
    const isRead = await attempt(where, () => expectHonest(() => reader.read(input)));
    longest = Math.max(longest, process.cpuUsage(start).user / 1000);
    outcomes[isRead ? 'read' : 'refused']++;
    const grown = process.resourceUsage().maxRSS * 1024 - peak;
    const allowed = 4 * reader.bytesIn(input) + 4 * (reader.modelBytes ?? 0) + SLACK;
    expect(grown, `${where}: bytes of memory`).toBeLessThan(allowed);
    expect(memory().numTensors, `${where}: tensors left`).toBe(tensors);
    expect(openFiles(), `${where}: open files left`).toBe(files);
  }
  console.log(
    `fuzz ${reader.name}: ${outcomes.read} read, ${outcomes.refused} refused, at most ${longest.toFixed(0)} ms`,
  );
  return outcomes;
}

async function attempt<T>(where: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** The number of open files of this process, where the system reports it. */
function openFiles(): number {
  const handles = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : [];
  return handles.filter((handle) => targetOf(handle).includes('sequitur-fuzz')).length;
}

function targetOf(handle: string): string {
  try {
    return readlinkSync(join('/proc/self/fd', handle));
  } catch {
    return ''; // closed meanwhile
  }
}
