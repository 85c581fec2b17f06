/** Files for a page, which reaches no folder. `#files` in package.json names this module or `on-node.ts`. */
import { SequiturError } from '@sequitur/core';
import type { FileSink, FileSource } from './file-source.js';
import type { HubRequest } from './hub-request.js';
import { urlSource } from './url.js';

export function folderSource(folder: string): FileSource {
  return { name: folder, open: () => refuse(folder) };
}

export function folderSink(folder: string): FileSink {
  return { name: folder, write: () => refuse(folder), lock: () => refuse(folder), begin: () => refuse(folder) };
}

export function fileUrlSource(url: URL): FileSource {
  return folderSource(url.href);
}

export async function isFolder(_path: string): Promise<boolean> {
  return false;
}

/** The files of a repository, of which parts are read on demand. */
export function repositorySource({ repository, revision, hubUrl, accessToken, fetch: get }: HubRequest): FileSource {
  const withToken: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (accessToken) headers.set('Authorization', `Bearer ${accessToken}`);
    return get(input, { ...init, headers });
  };
  const address = `${hubUrl}/${repository}/resolve/${encodeURIComponent(revision)}/`;
  return urlSource(address, { fetch: withToken, tellsHidden: true });
}

async function refuse(folder: string): Promise<never> {
  throw new SequiturError({
    where: folder,
    expected: 'an address, the name of a repository, or files that the user has chosen',
    got: 'a folder, which no page can reach',
    fix: 'Serve the folder and give its address. In a build for Node, let the bundler take the condition "node"',
  });
}
