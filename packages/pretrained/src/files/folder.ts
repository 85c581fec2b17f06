import { SequiturError } from '@sequitur/core';
import type { FileSink, FileSource } from './file-source.js';

/** A folder of this machine (Node). */
export function folderSource(folder: string): FileSource {
  return {
    name: folder,
    open: async (path) => {
      const { open } = await import('node:fs/promises');
      const name = await within(folder, path);
      const handle = await open(name, 'r').catch(missing);
      if (!handle) return null;
      const { size } = await handle.stat();
      return {
        name,
        size,
        read: async (start, end) => {
          const bytes = new Uint8Array(end - start);
          let filled = 0;
          while (filled < bytes.length) {
            // Node reads at most 2 GiB at once.
            const length = Math.min(bytes.length - filled, 2 ** 30);
            const { bytesRead } = await handle.read(bytes, filled, length, start + filled);
            if (bytesRead === 0) return bytes.subarray(0, filled);
            filled += bytesRead;
          }
          return bytes;
        },
        close: () => handle.close(),
      };
    },
  };
}

/** Writes into a folder of this machine (Node), which it makes; each file appears whole, by a rename. */
export function folderSink(folder: string): FileSink {
  return {
    name: folder,
    write: async (path, chunks) => {
      const { mkdir, open, rename, rm } = await import('node:fs/promises');
      const target = await within(folder, path);
      const unfinished = `${target}.unfinished`;
      try {
        await mkdir(folder, { recursive: true });
        const handle = await open(unfinished, 'w');
        try {
          // Not handle.write, which may write a part only: on a disk that is full, say.
          for await (const chunk of chunks) await handle.writeFile(chunk);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(unfinished, target);
        await syncFolder(folder);
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => {});
        throw unwritable(target, error);
      }
    },
    remove: async (path) => {
      const { rm } = await import('node:fs/promises');
      await rm(await within(folder, path), { force: true });
    },
  };
}

/** Makes renames last when the power fails; where a system cannot open folders, they last as it sees fit. */
async function syncFolder(folder: string): Promise<void> {
  const { open } = await import('node:fs/promises');
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Keeps names from an index file from leading out of the folder. */
async function within(folder: string, path: string): Promise<string> {
  const { resolve, sep } = await import('node:path');
  const target = resolve(folder, path);
  if (target.startsWith(resolve(folder) + sep)) return target;
  throw new SequiturError({ where: folder, expected: 'a file inside the folder', got: `'${path}'` });
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

function unwritable(target: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const fixes: Record<string, string> = {
    ENOSPC: 'Free some space, or save to another disk; what was there before is unharmed',
    EDQUOT: 'Free some space, or save to another disk; what was there before is unharmed',
    EACCES: 'Choose a folder that you may write to',
    EPERM: 'Choose a folder that you may write to',
    EROFS: 'Choose a folder that you may write to',
    ENOTDIR: 'Choose a path that is no file',
    EEXIST: 'Choose a path that is no file',
  };
  const fix = code && fixes[code];
  if (!fix) return error;
  return new SequiturError({ where: target, expected: 'a file that can be written', got: code, fix }, { cause: error });
}
