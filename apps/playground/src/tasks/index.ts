import { associativeRecall, induction, selectiveCopying } from './recalls.js';
import { addition, copy, reverse, sort } from './sequences.js';
import { dyck, parity } from './states.js';
import type { Task } from './task.js';

export { type Example, NOT_ASKED, type Task } from './task.js';

/** Every synthetic task. */
export const tasks: readonly Task[] = [
  copy,
  reverse,
  sort,
  addition,
  parity,
  dyck,
  associativeRecall,
  selectiveCopying,
  induction,
];

export function taskOf(id: string): Task {
  const found = tasks.find((task) => task.id === id);
  if (found) return found;
  throw new Error(`There is no task '${id}': one of ${tasks.map((task) => task.id).join(', ')}`);
}
