import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkOptions, option, optionsOf, SequiturError } from '@sequitur/core';
import type { FileTransaction } from './file-source.js';
import { LOCK, lockFolder } from './folder-lock.js';
import { parseJson } from './json.js';
import { makeFolder } from './make-folder.js';
import { syncFolder, UNFINISHED, writeDurably } from './write-durably.js';

/** Holds the files of a save until all are there; then the journal, until they are in their places. */
const STAGING = '.sequitur-saving';
const JOURNAL = 'commit.json';

/** The remaining steps of a committed save. */
interface Journal {
  /** Files of the staging folder that belong into the folder; those that are not there have been moved. */
  readonly files: readonly string[];
  /** Files of the folder to be removed. */
  readonly removed: readonly string[];
}

/**
 * Begins a save of several files into a folder (Node), which takes the folder for itself. All files are written to
 * temporary names and brought to the disk. Then a journal appears, by a single rename: before it the folder is the old
 * one, from it on the new one, which readers see through the journal (`placeOf`). Then the files are moved. What was
 * broken off before the journal is thrown away by the next save, and what was broken off after it is finished.
 */
export async function beginTransaction(folder: string): Promise<FileTransaction> {
  const unlock = await lockFolder(folder);
  const staging = join(folder, STAGING);
  const files: string[] = [];
  const abort = async () => {
    // The journal first: without the files that it names it would be wrong. What stays, the next save throws away.
    const undone = rm(join(staging, JOURNAL), { force: true }).then(() =>
      rm(staging, { recursive: true, force: true }),
    );
    await undone.catch(() => {});
    await unlock();
  };
  try {
    await recover(folder);
    await mkdir(staging);
  } catch (error) {
    await unlock();
    throw error;
  }
  return {
    write: async (path, chunks) => {
      if (files.includes(path)) throw twice(folder, path);
      files.push(path);
      await makeFolder(dirname(join(staging, path)));
      await writeDurably(join(staging, path), chunks);
    },
    commit: async (replaces) => {
      try {
        const removed = await namesIn(folder, (name) => replaces(name) && !files.includes(name));
        await decide(folder, { files, removed });
      } catch (error) {
        await abort();
        throw error;
      }
      try {
        await finish(folder);
      } finally {
        await unlock();
      }
    },
    abort,
  };
}

/** Finishes or removes an interrupted save; the caller holds the lock. */
export async function recover(folder: string): Promise<void> {
  if (await readJournal(folder)) await finish(folder);
  else await rm(join(folder, STAGING), { recursive: true, force: true });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const isLeft = entry.name.startsWith(`${LOCK}.`) || entry.name.endsWith(UNFINISHED);
    if (isLeft && entry.isFile()) await rm(join(folder, entry.name), { force: true });
  }
}

/** Finishes a save that was interrupted after its commit, if there is one that no process continues. */
export async function finishPending(folder: string): Promise<void> {
  if (!(await readJournal(folder))) return;
  const unlock = await lockFolder(folder);
  try {
    await recover(folder);
  } finally {
    await unlock();
  }
}

/**
 * The path of a file of the folder: its final one, or the temporary one of a committed save that has not moved it yet;
 * null where that save removes it.
 */
export async function placeOf(folder: string, path: string): Promise<readonly string[] | null> {
  const journal = await readJournal(folder);
  const place = join(folder, path);
  if (!journal) return [place];
  if (journal.removed.includes(path)) return null;
  // Where it is moved between the two looks, the second one finds it.
  return journal.files.includes(path) ? [join(folder, STAGING, path), place] : [place];
}

/** Commits the save: from here on the folder is the new one. */
async function decide(folder: string, journal: Journal): Promise<void> {
  for (const file of journal.files) {
    const found = await stat(join(folder, file)).catch(() => null);
    if (found?.isDirectory()) {
      throw new SequiturError({ where: join(folder, file), expected: 'a file, or none', got: 'a folder' });
    }
  }
  const staging = join(folder, STAGING);
  await syncFolder(staging);
  await syncFolder(folder);
  try {
    await writeDurably(join(staging, JOURNAL), [new TextEncoder().encode(JSON.stringify(journal))]);
  } catch (error) {
    await rm(join(staging, JOURNAL), { force: true });
    throw error;
  }
}

/** Moves what is staged into its place, removes what goes, and last the journal; may be done again after any break. */
async function finish(folder: string): Promise<void> {
  const { files, removed } = (await readJournal(folder))!;
  const staging = join(folder, STAGING);
  for (const file of files) {
    if (dirname(file) !== '.') await makeFolder(join(folder, dirname(file)));
    await rename(join(staging, file), join(folder, file)).catch(ignoreMissing);
  }
  for (const file of removed) await rm(join(folder, file), { force: true });
  await syncFolder(folder);
  await rm(join(staging, JOURNAL));
  await rm(staging, { recursive: true, force: true });
}

/** A file of the folder, or of one in it: a journal never leads out of its folder. */
const fileInside = option.kind(
  'the path of a file in the folder',
  (name) => typeof name === 'string' && name !== '' && !/^[\\/]|^[A-Za-z]:|(^|[\\/])\.\.?([\\/]|$)|\0/.test(name),
);
const journalRule = optionsOf<Journal>({ files: option.listOf(fileInside), removed: option.listOf(fileInside) });

/** @throws SequiturError where it is not one that a save wrote */
async function readJournal(folder: string): Promise<Journal | null> {
  const place = join(folder, STAGING, JOURNAL);
  const text = await readFile(place, 'utf8').catch((error) => {
    ignoreMissing(error as NodeJS.ErrnoException);
    return null;
  });
  return text === null ? null : checkOptions(place, journalRule, parseJson(text, place) as Journal);
}

async function namesIn(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory() && wanted(entry.name)).map(({ name }) => name);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

function twice(folder: string, path: string): SequiturError {
  return new SequiturError({ where: folder, expected: 'each file once in a save', got: `'${path}' twice` });
}
