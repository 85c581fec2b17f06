import { SequiturError } from '../../errors.js';
import { blobFile } from './blobs.js';
import type { FileSource } from './file-source.js';
import { folderSource } from './folder.js';

export interface HubOptions {
  /** A branch, tag or commit; default main. */
  readonly revision?: string | undefined;
  /** For private and gated repositories. */
  readonly accessToken?: string | undefined;
  /** Default the public hub. */
  readonly hubUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The files of a Hugging Face repository, through `@huggingface/hub`: in Node each is downloaded once into that
 * library's cache, where other tools find it too; in a page parts are read as they are needed.
 */
export function hubSource(repository: string, options: HubOptions = {}): FileSource {
  const { signal, fetch: get = fetch } = options;
  const abortable: typeof fetch = (input, init) => get(input, signal ? { ...init, signal } : init);
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
        const cached = await hub.downloadFileToCacheDir(request(path));
        const file = await folderSource(dirname(cached)).open(basename(cached));
        return file && checked({ ...file, name }, info.size);
      } catch (error) {
        throw unreachable(repository, path, error);
      }
    },
  };
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

function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined && typeof window === 'undefined';
}
