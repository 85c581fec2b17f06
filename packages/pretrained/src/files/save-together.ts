import type { FileSink } from './file-source.js';
import { checkSink } from './location.js';
import { unwritable } from './unwritable.js';

export interface SaveTogetherOptions {
  /** Whether another file belongs to the previous save, and is removed. */
  readonly replaces: (name: string) => boolean;
  /** Cancels the save without any change. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Saves several files as one: into a folder, all of them appear at once or none does, whenever the process is killed,
 * the disk is full or the signal aborts; and the remains of an older save are removed. Two writers exclude each other.
 *
 * Where a sink cannot do that, as files in memory, they are written one by one.
 */
export async function saveTogether(
  sink: FileSink,
  write: (sink: FileSink) => Promise<void>,
  { replaces, signal }: SaveTogetherOptions,
): Promise<void> {
  checkSink('saveTogether', sink);
  signal?.throwIfAborted();
  if (!sink.begin) return write(abortable(sink, signal));
  try {
    const transaction = await sink.begin();
    try {
      await write(abortable({ name: sink.name, write: transaction.write }, signal));
      signal?.throwIfAborted();
    } catch (error) {
      await transaction.abort();
      throw error;
    }
    await transaction.commit(replaces);
  } catch (error) {
    throw unwritable(sink.name, error);
  }
}

/** The same sink, whose writing ends between two chunks. */
function abortable(sink: FileSink, signal: AbortSignal | undefined): FileSink {
  if (!signal) return sink;
  async function* watched(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      signal!.throwIfAborted();
      yield chunk;
    }
    signal!.throwIfAborted();
  }
  return { ...sink, write: (path, chunks) => sink.write(path, watched(chunks)) };
}
