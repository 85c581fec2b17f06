import { SequiturError } from '@sequitur/core';
import { repositorySource } from '#files';
import type { FileSource } from './file-source.js';

export interface HubOptions {
  /** A branch, tag or commit; default main. */
  readonly revision?: string | undefined;
  /** Access token for private and gated repositories. */
  readonly accessToken?: string | undefined;
  /** URL of the hub; default the public hub. */
  readonly hubUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes of a file come in from the network. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
}

export interface DownloadProgress {
  /** The address, without its query. */
  readonly url: string;
  /** Bytes received so far, and the total if the response declares it. */
  readonly received: number;
  readonly total: number | null;
}

const PUBLIC_HUB = 'https://huggingface.co';

/**
 * The files of a Hugging Face repository: in Node each is downloaded once into the cache of `@huggingface/hub`, where
 * other tools find it too, and checked against its digest; in a page, parts are read on demand.
 */
export function hubSource(repository: string, options: HubOptions = {}): FileSource {
  const { revision = 'main', accessToken, hubUrl = PUBLIC_HUB, signal, fetch: get = fetch } = options;
  const abortable: typeof fetch = async (input, init) =>
    watched(await get(input, signal ? { ...init, signal } : init), options.onDownload);
  const address = hubUrl.replace(/\/+$/, '');
  const files = repositorySource({ repository, revision, accessToken, hubUrl: address, fetch: abortable });
  return {
    name: repository,
    open: async (path) => {
      signal?.throwIfAborted();
      try {
        const file = await files.open(path);
        return file && { ...file, name: `${repository}/${path}` };
      } catch (error) {
        throw unreachable(repository, path, error);
      }
    },
  };
}

/** The same response, with a report of its progress. */
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
