import { SequiturError } from '@sequitur/core';
import type { FileSource, ReadableFile } from './file-source.js';

export interface UrlOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default the global one. */
  readonly fetch?: typeof fetch | undefined;
}

/** Files below an address. Parts are asked for by range; a server that knows no ranges sends the whole file once. */
export function urlSource(base: string | URL, options: UrlOptions = {}): FileSource {
  const root = new URL(String(base).endsWith('/') ? String(base) : `${base}/`);
  return { name: root.href, open: (path) => openUrl(new URL(path, root), options) };
}

async function openUrl(url: URL, { signal, fetch: get = fetch }: UrlOptions): Promise<ReadableFile | null> {
  const request = (headers: Record<string, string>) => get(url, { headers, ...(signal && { signal }) });
  const first = await request({ Range: 'bytes=0-0' });
  if (first.status === 404) return null;
  if (first.status === 200 || first.status === 416) {
    const bytes = first.status === 416 ? new Uint8Array() : new Uint8Array(await first.arrayBuffer());
    return { name: url.href, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
  }
  if (first.status !== 206) throw refused(url, first);
  await first.arrayBuffer();
  const size = Number(/\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '')?.[1]);
  if (!Number.isSafeInteger(size)) throw refused(url, first, 'no size in Content-Range');
  return {
    name: url.href,
    size,
    read: async (start, end) => {
      if (end <= start) return new Uint8Array();
      const response = await request({ Range: `bytes=${start}-${end - 1}` });
      if (response.status !== 206) throw refused(url, response);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

const FORBIDDEN = [401, 403];

function refused(url: URL, { status, statusText }: Response, detail = ''): SequiturError {
  return new SequiturError({
    where: url.href,
    expected: 'a file',
    got: [`status ${status}`, statusText, detail].filter(Boolean).join(' '),
    ...(FORBIDDEN.includes(status) && { fix: 'Check the address and, for what is private or gated, the access token' }),
  });
}
