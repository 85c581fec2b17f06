import type { StorageReport } from '../../protocol/storage.js';
import { SequiturError } from '../packages.js';

/** How much of the browser's disk is used; null where the browser does not tell. */
export async function usage(): Promise<Omit<StorageReport, 'isLasting'>> {
  const { usage: usedBytes = null, quota: mostBytes = null } =
    (await globalThis.navigator?.storage?.estimate().catch(() => null)) ?? {};
  return { usedBytes, mostBytes };
}

/** Converts a failed write: a full disk to an error with a fix, everything else unchanged. */
export async function refusedWrite(error: unknown, path: string): Promise<unknown> {
  if ((error as Error | null)?.name !== 'QuotaExceededError') return error;
  const { usedBytes, mostBytes } = await usage();
  const got =
    usedBytes === null || mostBytes === null
      ? 'no room left'
      : `${inMegabytes(usedBytes)} used of ${inMegabytes(mostBytes)}`;
  return new SequiturError({
    where: `this browser’s storage, ${path}`,
    expected: 'room to keep it',
    got,
    fix: 'Delete runs or models that you do not need, or free some disk; what was kept before stays',
  });
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
