import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwritable } from './unwritable.js';

/** Writes a file (Node) whole or not at all: to a temporary file with fsync, then by a rename with fsync. */
export async function writeDurably(
  target: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const unfinished = `${target}${UNFINISHED}`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      // Not handle.write, which may write a part only: on a disk that is full, say.
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw unwritable(target, error);
  }
}

/** The end of the name of a file that is being written. */
export const UNFINISHED = '.unfinished';

/** Systems that cannot open a folder, or cannot bring one to the disk, say one of these; there renames last as they see fit. */
const NOT_FOR_FOLDERS = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** Makes renames in a folder last when the power fails. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(ignoreUnable);
  try {
    await handle?.sync().catch(ignoreUnable);
  } finally {
    await handle?.close();
  }
}

function ignoreUnable(error: NodeJS.ErrnoException): null {
  if (NOT_FOR_FOLDERS.has(error.code ?? '')) return null;
  throw error;
}
