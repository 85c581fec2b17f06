import { checkArgument, option, SequiturError } from '@sequitur/core';
import type { FileSink, FileSource, ReadableFile } from './file-source.js';

/** A letter alone is a drive of Windows. */
const SCHEME = /^([a-z][a-z\d+.-]+):/i;
const [WEB, HERE] = [['http', 'https'], 'file'];

const PATH = 'Give a folder as ./name or /name, an address as https://..., a repository as owner/name';

const path = option.kind<string>(
  'the path of a folder, an address or the name of a repository, not empty',
  (value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'),
);
const openable = option.having('files to read: { name, open }', 'open');
const writable = option.having('files to write: { name, write }', 'write');
const readable = option.having('a file: { name, size, read }', 'read');
const chosen = option.kind(
  'files',
  (value) => Array.isArray(value) && value.every((file) => file instanceof Blob && 'name' in file),
);

/** The address in a text, null where it is a path or the name of a repository. @throws SequiturError for another scheme */
export function addressIn(text: string): URL | null {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return null;
  return checkAddress(URL.canParse(text) ? new URL(text) : null, text);
}

/** @throws SequiturError for what files cannot be below: `data:`, `blob:`, `ftp:` */
export function checkAddress(url: URL | null, text = url?.href ?? ''): URL {
  const scheme = url?.protocol.slice(0, -1) ?? '';
  if (url && (WEB.includes(scheme) || scheme === HERE)) return url;
  throw new SequiturError({
    where: text.slice(0, 200),
    expected: 'an address that starts with https:, http: or file:',
    got: url ? `${scheme}:` : 'none that is valid',
    fix: PATH,
  });
}

/** @throws SequiturError where it is no path: empty, or with a character that no path has */
export function checkPath(where: string, given: string): string {
  return checkArgument(where, path, given);
}

export function checkSource(where: string, source: FileSource): FileSource {
  return checkArgument(where, openable, source);
}

export function checkFile(where: string, file: ReadableFile): ReadableFile {
  return checkArgument(where, readable, file);
}

export function checkFiles(where: string, files: readonly File[]): readonly File[] {
  return checkArgument(where, chosen, files);
}

export function checkSink(where: string, sink: FileSink): FileSink {
  return checkArgument(where, writable, sink);
}

/** @throws SequiturError for an address: nothing is saved there */
export function checkPlace(where: string, sink: string | FileSink): string | FileSink {
  if (typeof sink !== 'string') return checkSink(where, sink);
  checkPath(where, sink);
  const scheme = SCHEME.exec(sink)?.[1];
  if (scheme === undefined) return sink;
  const fix = 'Give the path of a folder, or files: { name, write }';
  throw new SequiturError({ where: `${where}, ${sink.slice(0, 200)}`, expected: 'a folder', got: `${scheme}:`, fix });
}
