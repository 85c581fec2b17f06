import type { DataType } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { showShape } from '../../shape.js';

const LOST = 'the WebGPU device';

export function lost(reason: string, message: string): SequiturError {
  return new SequiturError({
    where: LOST,
    expected: 'a device that stays',
    got: `its loss (${reason || 'unknown'}${message ? `: ${message}` : ''})`,
    fix: 'All its tensors are lost: call openBackend again and reload the model',
  });
}

/** An error concerns one computation; a lost device stays lost. */
export function isLoss({ problem }: SequiturError): boolean {
  return problem.where === LOST;
}

export function refused(message: string): SequiturError {
  return new SequiturError({ where: 'WebGPU', expected: 'a computation that the device accepts', got: message.trim() });
}

/** The shape and dtype of a tensor. */
export interface Described {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export function tooLarge({ shape, dtype }: Described, most: number): SequiturError {
  const bytes = shape.reduce((size, dimension) => size * dimension, 4);
  return new SequiturError({
    where: 'WebGPU',
    expected: `tensors of at most ${most} bytes, the limit of this device`,
    got: `${dtype} ${showShape(shape)}, ${bytes} bytes`,
    fix: "Use a smaller batch, shorter sequences or a smaller model, or openBackend('wasm')",
  });
}
