import { type Module, storageOf } from '@sequitur/core';

/** Bytes of the parameters of a model in memory. */
export function parameterBytes(model: Module): number {
  return [...storageOf(model).values()].reduce((sum, { bytes }) => sum + bytes, 0);
}
