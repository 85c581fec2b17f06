/** A file whose parts can be read in any order. */
export interface ReadableFile {
  /** Name for messages: a path or an address. */
  readonly name: string;
  readonly size: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/** A source of checkpoint files: a folder, a URL, files dropped on a page, or a repository. */
export interface FileSource {
  /** Name of the source, for messages. */
  readonly name: string;
  /** The file at `path` within the source, or null where there is none. */
  open(path: string): Promise<ReadableFile | null>;
  /** Reason why `open` returned null, besides that the file is missing: `status 403 Forbidden`. */
  absence?(path: string): string | undefined;
}

/** The reason for the absence of a file, for messages. */
export function absenceOf(source: FileSource, path: string): string {
  const reason = source.absence?.(path);
  return reason ? `none (${reason})` : 'none';
}

/** A destination of checkpoint files. */
export interface FileSink {
  readonly name: string;
  /** Writes the whole file or none of it: a reader never sees half. */
  write(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Removes a file where there is one; absent where files, once written, stay. */
  remove?(path: string): Promise<void>;
  /**
   * Takes the place for one writer, until the function that it returns is called; absent where there can be no other.
   *
   * @throws SequiturError naming the other writer
   */
  lock?(): Promise<() => Promise<void>>;
  /** Begins a save of several files that appear together; absent where they can only be written one by one. */
  begin?(): Promise<FileTransaction>;
}

/** A save of several files. Ends with `commit` or `abort`. */
export interface FileTransaction {
  readonly write: FileSink['write'];
  /** Publishes all files at once. @param replaces whether another file belongs to the previous save, and is removed */
  commit(replaces: (name: string) => boolean): Promise<void>;
  /** Cancels without any change. */
  abort(): Promise<void>;
}

/** The whole text of a file. */
export async function readText(file: ReadableFile): Promise<string> {
  const bytes = await file.read(0, file.size);
  return new TextDecoder().decode(bytes);
}
