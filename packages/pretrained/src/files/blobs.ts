import type { FileSink, FileSource, ReadableFile } from './file-source.js';
import { checkFiles } from './location.js';

/** A blob as a file. */
export function blobFile(blob: Blob, name: string): ReadableFile {
  return {
    name,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Files dropped on a page, or chosen in it, known by their names without folders. */
export function filesSource(files: readonly File[]): FileSource {
  checkFiles('the files of a checkpoint', files);
  const byName = new Map(files.map((file) => [file.name.split('/').at(-1)!, file]));
  return {
    name: `${files.length} files`,
    open: async (path) => {
      const file = byName.get(path);
      return file ? blobFile(file, file.name) : null;
    },
  };
}

/** Collects what is written as files in memory, for a page to offer as downloads or to store. */
export function filesSink(): FileSink & { readonly files: File[] } {
  const files: File[] = [];
  return {
    name: 'files in memory',
    files,
    write: async (path, chunks) => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of chunks) parts.push(chunk.slice() as Uint8Array<ArrayBuffer>);
      files.push(new File(parts, path));
    },
  };
}
