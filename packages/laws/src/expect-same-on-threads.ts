import { closeBackend, openBackend } from '@sequitur/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectCloseValues } from './expect-close.js';

export interface ThreadsOptions {
  /** Largest difference from plain JavaScript, relative to the largest element (or 1). */
  readonly tolerance: number;
  /** Called after three threads were started, for example to spy on their calls. */
  readonly onOpen?: () => void;
}

/**
 * Expects the results of WebAssembly to be bitwise equal on one thread and on three, and to equal those of plain
 * JavaScript. Closes the WebAssembly backend.
 *
 * @param compute the results as new tensors, the same in every call
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
      expect(firstDifference(values, alone.get(name)!), `${name}, first element that differs`).toBe(-1);
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

/** The first index at which two lists of equal length differ in a bit, or -1. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => new Int32Array(buffer, byteOffset, length);
  const [x, y] = [bitsOf(a), bitsOf(b)];
  return x.length === y.length ? x.findIndex((bits, index) => bits !== y[index]) : 0;
}
