import { fileUrlSource, folderSink, folderSource, isFolder } from '#files';
import { filesSource } from './blobs.js';
import type { FileSink, FileSource } from './file-source.js';
import { type HubOptions, hubSource } from './hub.js';
import { urlSource } from './url.js';

/** A folder, an address, a repository's name, files of a page, or anything that opens files by name. */
export type CheckpointLocation = string | URL | readonly File[] | FileSource;

/**
 * Finds out what a location is: `http(s)://` an address; `./`, `../`, `/`, `~` or a drive a folder, and so is any name
 * of a folder that exists; else a Hugging Face repository such as `openai-community/gpt2`.
 */
export async function openSource(location: CheckpointLocation, options: HubOptions = {}): Promise<FileSource> {
  if (location instanceof URL)
    return location.protocol === 'file:' ? fileUrlSource(location) : urlSource(location, options);
  if (typeof location !== 'string') return 'open' in location ? location : filesSource(location);
  if (/^https?:\/\//.test(location)) return urlSource(location, options);
  if (/^(\.{0,2}\/|\.{1,2}$|~|[A-Za-z]:[\\/]|\\)/.test(location) || (await isFolder(location)))
    return folderSource(location);
  return hubSource(location, options);
}

/** A folder's name, or anything that takes files. */
export function openSink(location: string | FileSink): FileSink {
  return typeof location === 'string' ? folderSink(location) : location;
}
