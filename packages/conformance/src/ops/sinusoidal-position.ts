import { sinusoidalTable } from '@sequitur/attention';
import { tensor } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';

/** Tables of sinusoids with the shape that the case expects. */
export const sinusoidalPosition: Operation = (given) => {
  const layout = given.attribute<string>('layout') ?? '';
  const known = { 'first half': 'halves', 'even dims': 'interleaved' } as const;
  const found = Object.entries(known).find(([words]) => layout.startsWith(words))?.[1];
  if (!found) return null;
  const [count, width] = given.shapeOf('table') as [number, number];
  return { table: tensor(sinusoidalTable(count, width, found), [count, width]) };
};
