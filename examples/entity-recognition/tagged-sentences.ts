import { readTextFile } from '@sequitur/recipe';
import { parseTaggedSentences, type TaggedSentence as Sentence } from '@sequitur/text';

/** Words and a tag for each, in BIO: `B-person`, `I-person`, `O`. */
export interface TaggedSentence extends Sentence {
  /** Label of the whole sentence, if the data have one: the label of the first token. */
  readonly intent?: string;
}

/** Reads the CoNLL-2003 format. */
export async function readTaggedSentences(file: string): Promise<TaggedSentence[]> {
  return parseTaggedSentences(await readTextFile(file), { name: file });
}
