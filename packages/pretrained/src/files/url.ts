import { SequiturError } from '@sequitur/core';
import type { FileSource, ReadableFile } from './file-source.js';
import { checkAddress } from './location.js';

export interface UrlOptions {
  readonly signal?: AbortSignal | undefined;
  /** The function that fetches; default the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** Whether the server distinguishes missing files (404) from hidden ones (401, 403), which are then an error. */
  readonly tellsHidden?: boolean | undefined;
}

/**
 * Files below an address. Parts are asked for by range; where the server knows no ranges, or hides which one it sends, the
 * whole file is read once. A page in place of a file, such as a login or the start of an application, is no file.
 */
export function urlSource(base: string | URL, options: UrlOptions = {}): FileSource {
  const text = `${base}`.replace(/\/?$/, '/');
  const root = checkAddress(URL.canParse(text) ? new URL(text) : null, text);
  const absences = new Map<string, string>();
  return {
    name: root.href,
    open: async (path) => {
      const found = await openUrl(new URL(path, root), options);
      if (!('absence' in found)) return found;
      absences.set(path, found.absence);
      return null;
    },
    absence: (path) => absences.get(path),
  };
}

type Get = (headers?: Record<string, string>) => Promise<Response>;

/** The reason for the absence of a file. */
interface Absence {
  readonly absence: string;
}

/** Statuses of files that a server does not have or does not show. */
const ABSENT: ReadonlySet<number> = new Set([401, 403, 404, 410]);
const HIDDEN: ReadonlySet<number> = new Set([401, 403]);

async function openUrl(
  url: URL,
  { signal, fetch: get = fetch, tellsHidden }: UrlOptions,
): Promise<ReadableFile | Absence> {
  const request: Get = (headers = {}) => reached(url, signal, () => get(url, { headers, ...(signal && { signal }) }));
  const first = await request({ Range: 'bytes=0-0' });
  const isHidden = HIDDEN.has(first.status);
  if (isHidden && tellsHidden) throw refused(url, await statusOf(first), TOKEN);
  if (ABSENT.has(first.status)) {
    const hint = isHidden ? '; for what is private or gated, check the access token' : '';
    return { absence: (await statusOf(first)) + hint };
  }
  if (isPage(first)) return { absence: `a page (${await statusOf(first)})` };
  if (first.status === 200) return wholeFile(url, signal, first);
  if (first.status !== 206 && first.status !== 416) throw refused(url, await statusOf(first));
  const bytes = await bodyOf(url, signal, first);
  const range = rangeOf(first);
  if (first.status === 416 && range?.size === 0) return inMemory(url, new Uint8Array());
  const isAsked = first.status === 206 && range?.start === 0 && range.end === 1 && bytes.length === 1;
  if (!isAsked) return wholeFile(url, signal, await request());
  const file: ReadableFile = {
    name: url.href,
    size: range.size,
    read: (start, end) => readPart(url, { signal, request, size: range.size, version: versionOf(first) }, start, end),
  };
  return bytes[0] === LESS_THAN && looksLikePage(await file.read(0, Math.min(range.size, SNIFFED)))
    ? { absence: `a page (${await statusOf(first)})` }
    : file;
}

async function wholeFile(
  url: URL,
  signal: AbortSignal | undefined,
  response: Response,
): Promise<ReadableFile | Absence> {
  if (response.status !== 200) throw refused(url, await statusOf(response));
  if (isPage(response)) return { absence: `a page (${await statusOf(response)})` };
  const bytes = await bodyOf(url, signal, response);
  const said = response.headers.get('Content-Length');
  // The length is that of the packed form where the answer is packed.
  if (said !== null && !response.headers.has('Content-Encoding') && Number(said) !== bytes.length) {
    throw broken(url, `${said} bytes, as the server says`, bytes.length);
  }
  return looksLikePage(bytes) ? { absence: `a page (${await statusOf(response)})` } : inMemory(url, bytes);
}

function inMemory(url: URL, bytes: Uint8Array): ReadableFile {
  return { name: url.href, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

interface Opened {
  readonly signal: AbortSignal | undefined;
  readonly request: Get;
  readonly size: number;
  readonly version: string | null;
}

async function readPart(
  url: URL,
  { signal, request, size, version }: Opened,
  start: number,
  wanted: number,
): Promise<Uint8Array> {
  const end = Math.min(wanted, size);
  if (end <= start) return new Uint8Array();
  const response = await request({ Range: `bytes=${start}-${end - 1}` });
  if (response.status !== 206 && response.status !== 200) throw refused(url, await statusOf(response));
  const bytes = await bodyOf(url, signal, response);
  if (versionOf(response) !== version) throw changed(url);
  if (response.status === 200) {
    if (bytes.length !== size) throw broken(url, `${size} bytes, as before`, bytes.length);
    return bytes.subarray(start, end);
  }
  const range = rangeOf(response);
  if (range?.start !== start || range.end !== end || range.size !== size) {
    const got = response.headers.get('Content-Range') ?? 'no range that can be read';
    throw new SequiturError({ where: url.href, expected: `bytes ${start}-${end - 1}/${size}`, got });
  }
  if (bytes.length !== end - start) throw broken(url, `${end - start} bytes`, bytes.length);
  return bytes;
}

/** Bytes [start, end) of `size`; null where the answer does not state it, or hides it from pages of other origins. */
function rangeOf(response: Response): { start: number; end: number; size: number } | null {
  const found = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(response.headers.get('Content-Range')?.trim() ?? '');
  if (!found) return null;
  const [start, last, size] = [found[1] ?? 0, found[2] ?? -1, found[3]].map(Number) as [number, number, number];
  return { start, end: last + 1, size };
}

/** Identifies the state of a file. */
function versionOf(response: Response): string | null {
  return response.headers.get('ETag');
}

const LESS_THAN = 0x3c;
const SNIFFED = 256;

function isPage(response: Response): boolean {
  return response.ok && /^(text\/html|application\/xhtml)/i.test(response.headers.get('Content-Type') ?? '');
}

function looksLikePage(bytes: Uint8Array): boolean {
  return /^\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head)\b/is.test(
    new TextDecoder().decode(bytes.subarray(0, SNIFFED)),
  );
}

/** Failures of the network as the one error of ours; an abort is passed on. */
async function reached<T>(url: URL, signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SequiturError || signal?.aborted || (error as Error).name === 'AbortError') throw error;
    const { message, cause } = error as Error;
    const detail = cause instanceof Error && cause.message ? `${message}: ${cause.message}` : message;
    throw new SequiturError(
      {
        where: url.href,
        expected: 'an answer',
        got: detail,
        fix: 'Check the address and the connection, and load again',
      },
      { cause: error },
    );
  }
}

function bodyOf(url: URL, signal: AbortSignal | undefined, response: Response): Promise<Uint8Array> {
  return reached(url, signal, async () => new Uint8Array(await response.arrayBuffer()));
}

/** Ends the answer, which is not read. */
async function statusOf(response: Response): Promise<string> {
  await response.body?.cancel().catch(() => {});
  return ['status', response.status, response.statusText].filter(Boolean).join(' ');
}

const TOKEN = 'Check the address and, for what is private or gated, the access token';

function refused(url: URL, got: string, fix?: string): SequiturError {
  return new SequiturError({ where: url.href, expected: 'a file', got, ...(fix && { fix }) });
}

function broken(url: URL, expected: string, got: number): SequiturError {
  const fix = 'The transfer broke off, or the file changed: load it again';
  return new SequiturError({ where: url.href, expected, got: `${got}`, fix });
}

function changed(url: URL): SequiturError {
  return new SequiturError({
    where: url.href,
    expected: 'the file that was opened',
    got: 'another version of it',
    fix: 'Load it again',
  });
}
