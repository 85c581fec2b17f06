import { SequiturError } from '../packages.js';

/** Locks a path for this tab: another one that writes there is refused. It is let go when the worker ends, however it does. */
export function lockPath(path: string): Promise<() => Promise<void>> {
  const { locks } = globalThis.navigator ?? {};
  // Without locks, as in Node, there is one tab.
  if (!locks) return Promise.resolve(async () => {});
  return new Promise((resolve, reject) => {
    const held = locks.request(`sequitur ${path}`, { ifAvailable: true }, (lock) => {
      if (!lock) throw taken(path);
      return new Promise<void>((release) => resolve(async () => release()));
    });
    held.catch(reject);
  });
}

function taken(path: string): SequiturError {
  return new SequiturError({
    where: path,
    expected: 'a run that trains in one tab',
    got: 'another tab that trains it',
    fix: 'Pause it there first',
  });
}
