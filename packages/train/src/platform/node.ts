/** What logs and progress bars need from Node. `#platform` in package.json names this file or `page.ts`. */
import { appendFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { folderSink, folderSource } from '@sequitur/pretrained';
import { SingleBar } from 'cli-progress';
import type { LogFile, TerminalBar } from './log-file.js';

export function openLogFile(path: string): LogFile {
  const [folder, name] = [dirname(path), basename(path)];
  return {
    name: path,
    read: async () => {
      const file = await folderSource(folder).open(name);
      try {
        return (await file?.read(0, file.size)) ?? null;
      } finally {
        await file?.close?.();
      }
    },
    replace: (content) => folderSink(folder).write(name, [content]),
    append: (content) =>
      appendFile(path, content).catch((cause: Error) => {
        throw new SequiturError({ where: path, expected: 'a log that can be written', got: cause.message }, { cause });
      }),
  };
}

/** A new file of events of a folder, named so that TensorBoard finds it and reads the files of one folder in order. */
export function openEventFile(folder: string): LogFile {
  const seconds = Math.floor(Date.now() / 1000);
  const count = String(++opened).padStart(3, '0');
  return openLogFile(join(folder, `events.out.tfevents.${seconds}.${count}.${hostname()}.${process.pid}`));
}

let opened = 0;

/** A bar where the output is a terminal, else null. */
export function openBar(steps: number, step: number): TerminalBar | null {
  if (!process.stdout.isTTY) return null;
  const bar = new SingleBar({ format: '{bar} {text}', barsize: 24, gracefulExit: false });
  bar.start(steps, step, { text: '' });
  return { update: (now, text) => bar.update(now, { text }), stop: () => bar.stop() };
}
