import { resolve } from 'node:path';
import type { LabelledSets } from '@sequitur/example-classification/labelled-sets.js';
import { badFile, readTextFile, startedIn } from '@sequitur/recipe';

/** A text as its sentences. */
export type SentenceDocument = readonly string[];

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

export function sentencesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment.trim()).filter(Boolean);
}

/**
 * A text file as documents: what stands between empty lines is one, with its sentences found by their ends.
 *
 * @throws SequiturError where there are fewer than two
 */
export async function readDocuments(file: string): Promise<SentenceDocument[]> {
  const blocks = (await readTextFile(file)).split(/\r?\n[ \t]*\r?\n/);
  const documents = blocks.map((block) => sentencesOf(block.replace(/\s+/g, ' '))).filter(({ length }) => length > 0);
  if (documents.length > 1) return documents;
  throw badFile(file, 'at least two documents with an empty line between', `${documents.length}`);
}

/** What is pre-trained on, and some to watch that with. */
export interface Documents {
  readonly documents: readonly SentenceDocument[];
  readonly watched: readonly SentenceDocument[];
}

/** The documents of a file, of which a twentieth is only watched; or the labelled texts that are not for the test. */
export async function documentsOf(
  { training, validation }: Pick<LabelledSets, 'training' | 'validation'>,
  corpus: string | undefined,
): Promise<Documents> {
  if (corpus === undefined) {
    const [documents, watched] = [training, validation].map((texts) => texts.map(({ text }) => sentencesOf(text)));
    return { documents: documents!, watched: watched! };
  }
  const all = await readDocuments(resolve(startedIn, corpus));
  const isWatched = (index: number) => index % 20 === 19;
  const watched = all.filter((_, index) => isWatched(index));
  if (watched.length > 1) return { documents: all.filter((_, index) => !isWatched(index)), watched };
  return { documents: all, watched: all };
}
