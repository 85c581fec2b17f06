import * as here from '#files';
import type { FileSink, FileSource } from './file-source.js';
import { checkPath } from './location.js';

/** A folder of this machine (Node). Files of different saves are never read together: that is refused. */
export function folderSource(folder: string): FileSource {
  return here.folderSource(checkPath('folderSource', folder));
}

/**
 * Writes into a folder of this machine (Node), which it makes; each file appears whole, by a rename, and those of a
 * transaction together.
 */
export function folderSink(folder: string): FileSink {
  return here.folderSink(checkPath('folderSink', folder));
}
