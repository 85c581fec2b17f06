import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { makeFolder } from './make-folder.js';

/** Name of the lock file, which holds the process that writes to the folder. */
export const LOCK = '.sequitur-lock';

/** A process that writes to a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes the process from a later one with the same id, where the system provides it. */
  readonly identity: string | null;
  readonly since: string;
  /** Distinguishes locks of the same process. */
  readonly token: string;
}

const ATTEMPTS = 20;
/** Milliseconds to wait for another process that takes over the same lock. */
const PAUSE = 5;

/** The locks that are held here; tokens begin with what tells this copy of the module from those of other threads. */
const held = new Set<string>();
let here = '';

/**
 * Takes a folder (Node), which it makes, for one writer. The lock of a process that has ended is taken over.
 *
 * @returns a function that releases the lock
 * @throws SequiturError naming the process that has the folder
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await makeFolder(folder);
  const lock = join(folder, LOCK);
  const holder = await thisProcess();
  held.add(holder.token); // before the lock is seen, lest it be taken for one that is over
  try {
    await acquire(folder, lock, holder);
  } catch (error) {
    held.delete(holder.token);
    throw error;
  }
  return () => release(lock, holder);
}

async function acquire(folder: string, lock: string, holder: Holder): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(lock, holder)) return;
    const other = await readHolder(lock);
    if (other === null) continue; // it has just been given back
    if (await isRunning(other)) throw taken(folder, other);
    await takeAway(lock, other, holder);
  }
  throw taken(folder, await readHolder(lock));
}

/** Creates the lock with its content at once, so that none is ever seen without. @returns false where there is one */
async function create(lock: string, holder: Holder): Promise<boolean> {
  const own = `${lock}.${holder.token}`;
  await writeFile(own, JSON.stringify(holder));
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    // ENOENT: another writer took it for what a killed process had left.
    if (!['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Removes the lock of a process that has ended. Only the holder of a second lock may do so, since the first may have been
 * taken over meanwhile.
 */
async function takeAway(lock: string, stale: Holder, holder: Holder): Promise<void> {
  const takeover = `${lock}.takeover`;
  if (!(await create(takeover, holder))) {
    const other = await readHolder(takeover);
    if (other && !(await isRunning(other))) await rm(takeover, { force: true });
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    return;
  }
  try {
    const found = await readHolder(lock);
    if (found?.token === stale.token) await rm(lock, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

/** A lock that cannot be removed is known to be over: here by its token, elsewhere once the process has ended. */
async function release(lock: string, { token }: Holder): Promise<void> {
  held.delete(token);
  const found = await readHolder(lock).catch(() => null);
  if (found?.token === token) await rm(lock, { force: true }).catch(() => {});
}

/** Null where there is no lock. An unreadable lock does not belong to a running process. */
async function readHolder(lock: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(lock, 'utf8')) as Partial<Holder> | null;
    const { pid = 0, host = '', identity = null, since = '', token = '' } = holder ?? {};
    return { pid, host: String(host), identity, since: String(since), token: String(token) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { pid: 0, host: '', identity: null, since: '', token: '' };
    throw error;
  }
}

async function thisProcess(): Promise<Holder> {
  here ||= randomUUID();
  const identity = await identityOf(process.pid);
  const token = `${here}.${randomUUID()}`;
  return { pid: process.pid, host: hostname(), identity, since: new Date().toISOString(), token };
}

/** A process on another machine cannot be checked: it is assumed to run. */
async function isRunning({ pid, host, identity, token }: Holder): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (host !== hostname()) return true;
  if (token.startsWith(`${here}.`)) return held.has(token);
  const now = await identityOf(pid);
  if (identity !== null && process.platform === 'linux') return now === identity;
  try {
    process.kill(pid, 0); // asks only whether it is there
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process was started, counted from when the machine was (Linux); null if there is none or it is unknown. */
async function identityOf(pid: number): Promise<string | null> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === 'Z' ? null : `${boot.trim()} ${started}`; // a zombie has ended
  } catch {
    return null;
  }
}

function taken(folder: string, holder: Holder | null): SequiturError {
  const who =
    holder?.pid === process.pid ? `this process (${process.pid})` : `process ${holder?.pid} on ${holder?.host}`;
  return new SequiturError({
    where: folder,
    expected: 'a folder that nothing else writes to',
    got: `one that ${who} has been writing to since ${holder?.since}`,
    fix: `Wait until that has ended, or choose another folder; where that machine is gone, remove ${LOCK}`,
  });
}
