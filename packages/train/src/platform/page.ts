/** What logs and progress bars need from a page. `#platform` in package.json names this file or `node.ts`. */
import { SequiturError } from '@sequitur/core';
import type { LogFile, TerminalBar } from './log-file.js';

export function openLogFile(path: string): LogFile {
  throw noFiles(path);
}

export function openEventFile(folder: string): LogFile {
  throw noFiles(folder);
}

function noFiles(path: string): SequiturError {
  return new SequiturError({
    where: 'a log',
    expected: 'an object that reads and writes it, since a page has no files',
    got: `the path ${path}`,
    fix: 'Give { name, read, replace, append }',
  });
}

/** A page has no terminal. */
export function openBar(_steps: number, _step: number): TerminalBar | null {
  return null;
}
