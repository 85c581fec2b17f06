import { basename } from 'node:path';

/** What the file functions are told to do: fail at one call. */
export const faults = {
  /** Calls are counted, and fail, only while this is true. */
  isWatching: false,
  /** Every call so far, with the file's name. */
  calls: [] as string[],
  failAt: Number.POSITIVE_INFINITY,
  code: '',
};

export function watch(failAt = Number.POSITIVE_INFINITY, code = ''): void {
  Object.assign(faults, { isWatching: true, calls: [], failAt, code });
}

type FileFunction = (...given: never[]) => unknown;

/** The same function, which fails when its turn has come. */
function watched<F extends FileFunction>(name: string, call: F, file?: string): F {
  return (async (...given: never[]) => {
    if (!faults.isWatching) return call(...given);
    const place = faults.calls.push(`${name} ${file ?? basename(String(given[0]))}`) - 1;
    if (place === faults.failAt) {
      if (name === 'close') await call(...given);
      throw Object.assign(new Error(`${faults.code}: injected, ${faults.calls[place]}`), { code: faults.code });
    }
    return call(...given);
  }) as unknown as F;
}

const FUNCTIONS = ['link', 'mkdir', 'readdir', 'readFile', 'rename', 'rm', 'stat', 'writeFile'];
const OF_HANDLES = ['close', 'read', 'stat', 'sync', 'writeFile'];

/** `node:fs/promises` below which faults are injected. */
export function withFaults<Real extends object>(real: Real): Real {
  const all = { ...real } as Record<string, FileFunction>;
  for (const name of FUNCTIONS) all[name] = watched(name, all[name]!);
  const open = all.open as unknown as (path: string, flags: string) => Promise<object>;
  const opening = async (path: string, flags: string) => {
    const handle = (await open(path, flags)) as unknown as Record<string, FileFunction>;
    for (const name of OF_HANDLES)
      handle[name] = watched(name, handle[name]!.bind(handle) as FileFunction, basename(path));
    return handle;
  };
  all.open = watched('open', opening as unknown as FileFunction);
  return all as unknown as Real;
}
