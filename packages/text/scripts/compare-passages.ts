/**
 * Trains the three kinds of vocabulary on Moby-Dick and compares the ids of 1,000 passages with those of Hugging Face's
 * JavaScript library: `pnpm --filter @sequitur/text passages`.
 */
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { mobyDick } from '../src/corpora/books.js';
import {
  type Tokenizer,
  trainByteLevelTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
} from '../src/index.js';

const PASSAGES = 1000;
const vocabularySize = 8000;

const book = await mobyDick();
const length = Math.floor(book.length / PASSAGES);
const passages = Array.from({ length: PASSAGES }, (_, index) => book.slice(index * length, (index + 1) * length));

await compare('byte-level BPE', () => trainByteLevelTokenizer(book, { vocabularySize: vocabularySize + 256 }));
await compare('WordPiece', () => trainWordPieceTokenizer(book, { vocabularySize }));
await compare('unigram', () => trainUnigramTokenizer(book, { vocabularySize }));

async function compare(name: string, train: () => Promise<Tokenizer>): Promise<void> {
  const before = performance.now();
  const tokenizer = await train();
  const seconds = (performance.now() - before) / 1000;
  // Through text, as a file would go.
  const files = JSON.parse(JSON.stringify(tokenizer.files()));
  const library = new Library(files['tokenizer.json'], files['tokenizer_config.json']);
  const equal = passages.filter((passage) => {
    const wanted = library.encode(passage, { add_special_tokens: false }).ids;
    return JSON.stringify(tokenizer.encode(passage)) === JSON.stringify(wanted);
  });
  console.log(
    `${name}: ${tokenizer.vocabularySize} tokens trained in ${seconds.toFixed(1)} s; ${equal.length} of ${PASSAGES} passages have equal ids`,
  );
  if (equal.length < PASSAGES) process.exitCode = 1;
}
