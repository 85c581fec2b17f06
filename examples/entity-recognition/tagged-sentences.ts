import { badFile, readLines } from '@sequitur/recipe';
import { entitySpans } from '@sequitur/text';

/** Words and a tag for each, in BIO: `B-person`, `I-person`, `O`. */
export interface TaggedSentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** Label of the whole sentence, if the data have one: the label of the first token. */
  readonly intent?: string;
}

/**
 * Reads the CoNLL-2003 format: one word per line with its tag in the last column, and an empty line between sentences;
 * columns are separated by tabs or spaces. Document lines (`-DOCSTART-`) are skipped. BILOU and IOBES tags are
 * converted to BIO.
 *
 * @throws SequiturError with the line number, for a word without a tag, or a tag that is not BIO, BILOU or IOBES
 */
export async function readTaggedSentences(file: string): Promise<TaggedSentence[]> {
  const sentences: TaggedSentence[] = [];
  let [words, tags]: [string[], string[]] = [[], []];
  const finish = () => {
    if (words.length > 0) sentences.push({ words, tags: inBio(tags) });
    [words, tags] = [[], []];
  };
  for (const line of await readLines(file)) {
    const text = line.text.replace(/^\uFEFF/, '').trim();
    if (text.startsWith('-DOCSTART-')) continue;
    if (text === '') {
      finish();
      continue;
    }
    const columns = text.split(text.includes('\t') ? /\t+/ : / +/);
    const tag = columns.at(-1)!;
    if (columns.length < 2 || !/^(O|[BILUES]-.+)$/.test(tag)) {
      throw line.error(
        'a word, and in the last column its tag: O, or B- or I- (BILOU and IOBES likewise) and a type',
        columns.length < 2 ? `${text} alone` : `the tag ${tag}`,
      );
    }
    words.push(columns[0]!.trim());
    tags.push(tag);
  }
  finish();
  if (sentences.length > 0) return sentences;
  throw badFile(file, 'sentences', 'none');
}

function inBio(tags: readonly string[]): string[] {
  const result = tags.map(() => 'O');
  for (const { type, start, end } of entitySpans(tags)) {
    for (let index = start; index < end; index++) result[index] = `${index === start ? 'B' : 'I'}-${type}`;
  }
  return result;
}
