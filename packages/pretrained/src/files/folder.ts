import { open, rm, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { SequiturError } from '@sequitur/core';
import type { FileSink, FileSource, ReadableFile } from './file-source.js';
import { lockFolder } from './folder-lock.js';
import { beginTransaction, finishPending, placeOf, recover } from './folder-transaction.js';
import { makeFolder } from './make-folder.js';
import { unwritable } from './unwritable.js';
import { writeDurably } from './write-durably.js';

/** A folder of this machine (Node). Files of different saves are never read together: that is refused. */
export function folderSource(folder: string): FileSource {
  let first: string | null = null;
  return {
    name: folder,
    open: async (path) => {
      const name = await within(folder, path);
      const file = await reading(name, () => openIn(folder, path));
      if (!file) await reading(folder, () => expectFolder(folder));
      const now = await reading(name, () => saveOf(folder)).catch(async (error) => {
        await file?.close?.();
        throw error;
      });
      first ??= now;
      if (first === now) return file;
      await file?.close?.();
      throw new SequiturError({
        where: folder,
        expected: 'the files of one save',
        got: 'a folder that was saved again while it was read',
        fix: 'Load it again',
      });
    },
  };
}

/** @throws SequiturError where there is something else: a file for example */
async function expectFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(missing);
  if (!found || found.isDirectory()) return;
  throw new SequiturError({
    where: folder,
    expected: 'a folder',
    got: found.isFile() ? 'a file' : 'something else',
    fix: 'Give the folder that holds the file',
  });
}

/** Files of which each save rewrites one. */
const MARKS = ['config.json', 'adapter_config.json'];

/** Identifies the save in a folder. */
async function saveOf(folder: string): Promise<string> {
  const found = await Promise.all(
    MARKS.map(async (mark) => {
      for (const place of (await placeOf(folder, mark)) ?? []) {
        const status = await stat(place).catch(missing);
        if (status) return `${status.ino} ${status.mtimeMs} ${status.size}`;
      }
      return 'none';
    }),
  );
  return found.join(', ');
}

async function openIn(folder: string, path: string): Promise<ReadableFile | null> {
  for (const name of (await placeOf(folder, path)) ?? []) {
    const file = await openFile(name);
    if (file) return file;
  }
  return null;
}

/** Null where there is none. @throws SequiturError where it cannot be read, or is a folder */
async function openFile(name: string): Promise<ReadableFile | null> {
  const handle = await open(name, 'r').catch(missing);
  if (!handle) return null;
  const status = await handle.stat().catch(async (error) => {
    await handle.close();
    throw error;
  });
  if (!status.isFile()) {
    await handle.close();
    throw unreadable(name, status.isDirectory() ? 'a folder' : 'something else');
  }
  return {
    name,
    size: status.size,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      let filled = 0;
      while (filled < bytes.length) {
        // Node reads at most 2 GiB at once.
        const length = Math.min(bytes.length - filled, 2 ** 30);
        const { bytesRead } = await reading(name, () => handle.read(bytes, filled, length, start + filled));
        if (bytesRead === 0) return bytes.subarray(0, filled);
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => reading(name, () => handle.close()),
  };
}

/**
 * Writes into a folder of this machine (Node), which it makes; each file appears whole, by a rename, and those of a
 * transaction together.
 */
export function folderSink(folder: string): FileSink {
  return {
    name: folder,
    write: async (path, chunks) => {
      const target = await within(folder, path);
      await writing(target, async () => {
        await makeFolder(dirname(target));
        await finishPending(folder);
        await writeDurably(target, chunks);
      });
    },
    remove: async (path) => {
      const target = await within(folder, path);
      await writing(target, () => rm(target, { force: true }));
    },
    lock: () =>
      writing(folder, async () => {
        const unlock = await lockFolder(folder);
        try {
          await recover(folder);
        } catch (error) {
          await unlock();
          throw error;
        }
        return unlock;
      }),
    begin: () =>
      writing(folder, async () => {
        const transaction = await beginTransaction(folder);
        const write: FileSink['write'] = async (path, chunks) => {
          await within(folder, path);
          await transaction.write(path, chunks);
        };
        return { ...transaction, write };
      }),
  };
}

async function writing<T>(target: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unwritable(target, error);
  }
}

/** Keeps names from an index file from leading out of the folder. */
async function within(folder: string, path: string): Promise<string> {
  const target = resolve(folder, path);
  if (target.startsWith(resolve(folder) + sep)) return target;
  throw new SequiturError({ where: folder, expected: 'a file inside the folder', got: `'${path}'` });
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

async function reading<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw error instanceof SequiturError || !code ? error : unreadable(name, code, error);
  }
}

const FIXES: Readonly<Record<string, string>> = {
  EACCES: 'Ask for the right to read it',
  EPERM: 'Ask for the right to read it',
  EMFILE: 'Close models and files that are no longer needed',
  ENFILE: 'Close models and files that are no longer needed',
  ELOOP: 'Choose a path without a circle of links',
};

function unreadable(name: string, got: string, cause?: unknown): SequiturError {
  const fix = FIXES[got];
  return new SequiturError({ where: name, expected: 'a file that can be read', got, ...(fix && { fix }) }, { cause });
}
