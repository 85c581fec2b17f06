import { SequiturError } from '@sequitur/core';

const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space, or save to another disk; what was there before is unharmed',
  EDQUOT: 'Free some space, or save to another disk; what was there before is unharmed',
  EACCES: 'Choose a folder that you may write to',
  EPERM: 'Choose a folder that you may write to',
  EROFS: 'Choose a folder that you may write to',
  ENOENT: 'Choose a folder in which files can be made',
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

/** Converts a file system error to a SequiturError with a fix; other errors are unchanged. */
export function unwritable(target: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const fix = code && FIXES[code];
  if (!fix) return error;
  const got = message.startsWith(code) ? message : `${code}: ${message}`;
  return new SequiturError({ where: target, expected: 'a file that can be written', got, fix }, { cause: error });
}
