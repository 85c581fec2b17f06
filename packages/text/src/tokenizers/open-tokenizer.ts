import { checkArgument, option } from '@sequitur/core';
import { type FileSink, type FileSource, writeFiles } from '@sequitur/pretrained';
import { bertReader } from './readers/bert-tokenizer.js';
import { byT5Reader } from './readers/byt5-tokenizer.js';
import { byteLevelReader } from './readers/byte-level-tokenizer.js';
import { marianReader } from './readers/marian-tokenizer.js';
import { sentencePieceReader } from './readers/sentence-piece-tokenizer.js';
import { TokenizerFolder, type TokenizerReader } from './readers/tokenizer-folder.js';
import type { Tokenizer } from './tokenizer.js';
import { tokenizerJsonReader } from './tokenizer-json/tokenizer-json.js';

/** All kinds of tokenizer folders; the first kind whose files are found is used. */
export const tokenizerReaders: readonly TokenizerReader[] = [
  tokenizerJsonReader,
  marianReader,
  sentencePieceReader,
  byteLevelReader,
  bertReader,
  byT5Reader,
];

/**
 * The tokenizer of a model folder, or null where there is none.
 *
 * @param readers kinds to try, in order
 * @throws SequiturError where its files are damaged or need a feature that is not supported
 */
export async function openTokenizer(
  source: FileSource,
  readers: readonly TokenizerReader[] = tokenizerReaders,
): Promise<Tokenizer | null> {
  const folder = new TokenizerFolder(source);
  for (const reader of readers) {
    const tokenizer = await reader.read(folder);
    if (tokenizer) return tokenizer;
  }
  return null;
}

/** Writes the files of a tokenizer, which `openTokenizer` and Python's `from_pretrained` can read. */
export function saveTokenizer(tokenizer: Tokenizer, sink: FileSink): Promise<void> {
  checkArgument('saveTokenizer, tokenizer', option.having('a tokenizer', 'files', 'encode'), tokenizer);
  return writeFiles(sink, tokenizer.files());
}
