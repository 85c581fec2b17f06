import { fileUrlSource, folderSink, folderSource, isFolder } from '#files';
import { filesSource } from './blobs.js';
import type { FileSink, FileSource } from './file-source.js';
import { type HubOptions, hubSource } from './hub.js';
import { addressIn, checkAddress, checkPath, checkPlace, checkSource } from './location.js';
import { urlSource } from './url.js';

/** A folder, an address, a repository's name, files of a page, or anything that opens files by name. */
export type CheckpointLocation = string | URL | readonly File[] | FileSource;

/**
 * Finds out what a location is: `http(s)://` or `file://` an address; `./`, `../`, `/`, `~` or a drive a folder, and so is any name
 * of a folder that exists; else a Hugging Face repository such as `openai-community/gpt2`.
 *
 * @throws SequiturError where it is none of these, an `ftp:` address for example
 */
export async function openSource(location: CheckpointLocation, options: HubOptions = {}): Promise<FileSource> {
  if (location instanceof URL) return addressSource(checkAddress(location), options);
  if (Array.isArray(location)) return filesSource(location as readonly File[]);
  if (typeof location !== 'string') return checkSource('the location of a checkpoint', location as FileSource);
  checkPath('the location of a checkpoint', location);
  const address = addressIn(location);
  if (address) return addressSource(address, options);
  if (/^(\.{0,2}\/|\.{1,2}$|~|[A-Za-z]:[\\/]|\\)/.test(location) || (await isFolder(location)))
    return folderSource(location);
  return hubSource(location, options);
}

function addressSource(address: URL, options: HubOptions): FileSource {
  return address.protocol === 'file:' ? fileUrlSource(address) : urlSource(address, options);
}

/** A folder's name, or anything that takes files. */
export function openSink(location: string | FileSink): FileSink {
  const checked = checkPlace('the place to save to', location);
  return typeof checked === 'string' ? folderSink(checked) : checked;
}
