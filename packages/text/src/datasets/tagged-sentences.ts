import { checkOptions, optionsOf } from '@sequitur/core';
import { entitySpans } from '../metrics/entities.js';
import { dataError } from './data-error.js';
import { type DataOptions, dataRules, UNNAMED } from './data-options.js';

/** Words and a tag for each, in BIO: `B-person`, `I-person`, `O`. */
export interface TaggedSentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

const taggedSentenceOptions = optionsOf<DataOptions>(dataRules);

/**
 * Parses sentences in the format of CoNLL-2003: one word per line with its tag in the last column, and an empty line
 * between sentences; columns are separated by tabs or spaces. Document lines (`-DOCSTART-`) are skipped. BILOU and
 * IOBES tags are converted to BIO.
 *
 * @throws SequiturError with the line, for a word without a tag, or a tag that is not BIO, BILOU or IOBES
 */
export function parseTaggedSentences(content: string, options: DataOptions = {}): TaggedSentence[] {
  const { name = UNNAMED } = checkOptions('parseTaggedSentences', taggedSentenceOptions, options);
  const sentences: TaggedSentence[] = [];
  let [words, tags]: [string[], string[]] = [[], []];
  const finish = () => {
    if (words.length > 0) sentences.push({ words, tags: inBio(tags) });
    [words, tags] = [[], []];
  };
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const text = line.replace(/^\uFEFF/, '').trim();
    if (text.startsWith('-DOCSTART-')) continue;
    if (text === '') {
      finish();
      continue;
    }
    const { word, tag } = taggedWord(text, `${name}, line ${index + 1}`);
    words.push(word);
    tags.push(tag);
  }
  finish();
  if (sentences.length > 0) return sentences;
  throw dataError(name, 'sentences', 'none');
}

function taggedWord(text: string, where: string): { readonly word: string; readonly tag: string } {
  const columns = text.split(text.includes('\t') ? /\t+/ : / +/);
  const tag = columns.at(-1)!;
  if (columns.length >= 2 && /^(O|[BILUES]-.+)$/.test(tag)) return { word: columns[0]!.trim(), tag };
  throw dataError(
    where,
    'a word, and in the last column its tag: O, or B- or I- (BILOU and IOBES likewise) and a type',
    columns.length < 2 ? `${text} alone` : `the tag ${tag}`,
  );
}

function inBio(tags: readonly string[]): string[] {
  const result = tags.map(() => 'O');
  for (const { type, start, end } of entitySpans(tags)) {
    for (let index = start; index < end; index++) result[index] = `${index === start ? 'B' : 'I'}-${type}`;
  }
  return result;
}
