/** Files of this machine, for Node, Deno and Bun. `#files` in package.json names this module or `on-page.ts`. */
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SequiturError } from '@sequitur/core';
import type { FileSource, ReadableFile } from './file-source.js';
import { folderSource } from './folder.js';
import type { HubRequest } from './hub-request.js';
import { checkDigest } from './integrity.js';

export { folderSink, folderSource } from './folder.js';

export function fileUrlSource(url: URL): FileSource {
  try {
    return folderSource(fileURLToPath(url));
  } catch (cause) {
    const [expected, got] = ['the address of a folder of this machine: file:///...', (cause as Error).message];
    throw new SequiturError({ where: url.href.slice(0, 200), expected, got }, { cause });
  }
}

export function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The files of a repository, downloaded once into the cache of `@huggingface/hub` and checked against their digests. */
export function repositorySource({ repository, accessToken, ...options }: HubRequest): FileSource {
  const request = { repo: repository, ...options, ...(accessToken && { accessToken }) };
  return {
    name: repository,
    open: async (path) => {
      const { downloadFileToCacheDir, fileDownloadInfo } = await import('@huggingface/hub');
      const info = await fileDownloadInfo({ ...request, path });
      if (!info) return null;
      const started = Date.now();
      const cached = await downloadFileToCacheDir({ ...request, path });
      if (await isNewerThan(cached, started)) await checkDigest(cached);
      const file = await folderSource(dirname(cached)).open(basename(cached));
      return file && checked(`${repository}/${path}`, file, info.size);
    },
  };
}

/** Files that were in the cache already were checked when they came. */
async function isNewerThan(file: string, time: number): Promise<boolean> {
  return (await stat(file)).mtimeMs >= time - 2000; // some file systems count in steps of two seconds
}

function checked(name: string, file: ReadableFile, size: number): ReadableFile {
  if (file.size === size) return file;
  throw new SequiturError({
    where: name,
    expected: `${size} bytes, as the hub says`,
    got: `${file.size}`,
    fix: 'Remove the file from the cache of @huggingface/hub and load again',
  });
}
