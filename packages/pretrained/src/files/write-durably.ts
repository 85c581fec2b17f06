import { SequiturError } from '@sequitur/core';

/** Writes a file (Node) whole or not at all: beside its place, to the disk, and then by a rename, which is brought to the disk. */
export async function writeDurably(
  target: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const { open, rename, rm } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
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
  const { open } = await import('node:fs/promises');
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

const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space, or save to another disk; what was there before is unharmed',
  EDQUOT: 'Free some space, or save to another disk; what was there before is unharmed',
  EACCES: 'Choose a folder that you may write to',
  EPERM: 'Choose a folder that you may write to',
  EROFS: 'Choose a folder that you may write to',
  ENOTDIR: 'Choose a path that is no file',
  EEXIST: 'Choose a path that is no file',
  EISDIR: 'Choose a path that is no folder',
  EIO: 'The disk reported a fault: save to another one; what was there before is unharmed',
  EMFILE: 'Close files that are no longer needed',
  ENFILE: 'Close files that are no longer needed',
  ENAMETOOLONG: 'Choose a shorter path',
  ELOOP: 'Choose a path without a circle of links',
  EBUSY: 'Wait until no other program uses the file',
};

/** An error of the file system as the one error of ours, with what can be done about it; other errors as they are. */
export function unwritable(target: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const fix = code && FIXES[code];
  if (!fix) return error;
  const got = message.startsWith(code) ? message : `${code}: ${message}`;
  return new SequiturError({ where: target, expected: 'a file that can be written', got, fix }, { cause: error });
}
