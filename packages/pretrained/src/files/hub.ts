import { isNode, SequiturError } from '@sequitur/core';
import { blobFile } from './blobs.js';
import type { FileSource } from './file-source.js';
import { folderSource } from './folder.js';
import { checkDigest } from './integrity.js';

export interface HubOptions {
  /** A branch, tag or commit; default main. */
  readonly revision?: string | undefined;
  /** For private and gated repositories. */
  readonly accessToken?: string | undefined;
  /** Default the public hub. */
  readonly hubUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes of a file come in from the network. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadProgress {
  /** The address, without its query. */
  readonly url: string;
  /** Bytes so far, and of the whole answer where it says so. */
  readonly received: number;
  readonly total: number | null;
}

/**
 * The files of a Hugging Face repository, through `@huggingface/hub`: in Node each is downloaded once into that
 * library's cache, where other tools find it too, and checked against its digest; in a page parts are read as they are
 * needed.
 */
export function hubSource(repository: string, options: HubOptions = {}): FileSource {
  const { signal, fetch: get = fetch } = options;
  const abortable: typeof fetch = async (input, init) =>
    watched(await get(input, signal ? { ...init, signal } : init), options.onDownload);
  const request = (path: string) => ({
    repo: repository,
    path,
    fetch: abortable,
    ...(options.revision && { revision: options.revision }),
    ...(options.accessToken && { accessToken: options.accessToken }),
    ...(options.hubUrl && { hubUrl: options.hubUrl }),
  });
  return {
    name: repository,
    open: async (path) => {
      signal?.throwIfAborted();
      const hub = await import('@huggingface/hub');
      try {
        const info = await hub.fileDownloadInfo(request(path));
        if (!info) return null;
        const name = `${repository}/${path}`;
        if (!isNode()) {
          const blob = await hub.downloadFile({ ...request(path), downloadInfo: info });
          return blob && checked(blobFile(blob, name), info.size);
        }
        const { basename, dirname } = await import('node:path');
        const started = Date.now();
        const cached = await hub.downloadFileToCacheDir(request(path));
        if (await isNewerThan(cached, started)) await checkDigest(cached);
        const file = await folderSource(dirname(cached)).open(basename(cached));
        return file && checked({ ...file, name }, info.size);
      } catch (error) {
        throw unreachable(repository, path, error);
      }
    },
  };
}

/** The same answer, telling how much of it has come. */
function watched(response: Response, onDownload: HubOptions['onDownload']): Response {
  if (!onDownload || !response.body) return response;
  const url = response.url.replace(/\?.*$/, '');
  const length = Number(response.headers.get('Content-Length') ?? Number.NaN);
  let received = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.length;
      onDownload({ url, received, total: Number.isSafeInteger(length) ? length : null });
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  const copy = new Response(response.body.pipeThrough(counting), { status, statusText, headers });
  Object.defineProperty(copy, 'url', { value: response.url });
  return copy;
}

/** Files that were in the cache already were checked when they came. */
async function isNewerThan(file: string, time: number): Promise<boolean> {
  const { stat } = await import('node:fs/promises');
  return (await stat(file)).mtimeMs >= time - 2000; // some file systems count in steps of two seconds
}

function checked<F extends { readonly name: string; readonly size: number }>(file: F, size: number): F {
  if (file.size === size) return file;
  throw new SequiturError({
    where: file.name,
    expected: `${size} bytes, as the hub says`,
    got: `${file.size}`,
    fix: 'Remove the file from the cache of @huggingface/hub and load again',
  });
}

function unreachable(repository: string, path: string, error: unknown): unknown {
  if (error instanceof SequiturError || (error as Error).name === 'AbortError') return error;
  return new SequiturError(
    {
      where: `${repository}, ${path}`,
      expected: 'a file of a Hugging Face repository',
      got: error instanceof Error ? error.message : String(error),
      fix: 'Check the name, the connection and, for a private or gated repository, the access token; a folder of this machine starts with ./ or /',
    },
    { cause: error },
  );
}
