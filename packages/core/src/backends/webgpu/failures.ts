import type { DataType } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { showShape } from '../../shape.js';

const LOST = 'the WebGPU device';

export function lost(reason: string, message: string): SequiturError {
  return new SequiturError({
    where: LOST,
    expected: 'a device that stays',
    got: `its loss (${reason || 'unknown'}${message ? `: ${message}` : ''})`,
    fix: 'All tensors on it are gone: call openBackend again and load the model anew',
  });
}

/** A refusal concerns one computation; a lost device stays lost. */
export function isLoss({ problem }: SequiturError): boolean {
  return problem.where === LOST;
}

export function refused(message: string): SequiturError {
  return new SequiturError({ where: 'WebGPU', expected: 'a computation that the device accepts', got: message.trim() });
}

/** What a tensor is like, without its numbers. */
export interface Described {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export function tooLarge({ shape, dtype }: Described, most: number): SequiturError {
  const bytes = shape.reduce((size, dimension) => size * dimension, 4);
  return new SequiturError({
    where: 'WebGPU',
    expected: `tensors of at most ${most} bytes, which is what this device takes at once`,
    got: `${dtype} ${showShape(shape)}, ${bytes} bytes`,
    fix: "Use a smaller batch, a shorter text or a smaller model, or openBackend('wasm')",
  });
}
