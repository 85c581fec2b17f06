import { closeBackend, openBackend } from '@sequitur/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectCloseValues } from './expect-close.js';

export interface ThreadsOptions {
  /** How far results may be from those of plain JavaScript, relative to their largest number (or 1). */
  readonly tolerance: number;
  /** Called when three threads have been started, as to watch what they are given. */
  readonly onOpen?: () => void;
}

/**
 * Expects what WebAssembly computes to have the same bits on one thread and on three, and to be what plain JavaScript
 * computes. WebAssembly is closed then.
 *
 * @param compute results, always the same ones, as new tensors
 */
export async function expectSameOnThreads(
  compute: () => Readonly<Record<string, Tensor>>,
  { tolerance, onOpen }: ThreadsOptions,
): Promise<void> {
  await openBackend('cpu');
  const wanted = await read(compute());
  try {
    await openBackend('wasm', { threads: 1 });
    const alone = await read(compute());
    closeBackend('wasm');
    const { capabilities } = await openBackend('wasm', { threads: 3 });
    expect(capabilities.threads?.found).toBe(true);
    onOpen?.();
    const together = await read(compute());
    expect([...together.keys()]).toEqual([...alone.keys()]);
    for (const [name, values] of together) {
      expect(firstDifference(values, alone.get(name)!), `${name}, first number that differs`).toBe(-1);
      expectCloseValues(values, wanted.get(name)!, tolerance, name);
    }
  } finally {
    closeBackend('wasm');
  }
}

async function read(results: Readonly<Record<string, Tensor>>): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(results)) values.set(name, (await tensor.data()) as Float32Array);
  dispose(Object.values(results));
  return values;
}

/** Where two lists of one length first differ in a bit, or -1. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => new Int32Array(buffer, byteOffset, length);
  const [x, y] = [bitsOf(a), bitsOf(b)];
  return x.length === y.length ? x.findIndex((bits, index) => bits !== y[index]) : 0;
}
