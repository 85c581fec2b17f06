import { resolve } from 'node:path';
import type { LabelledSets } from '@sequitur/example-classification/labelled-sets.js';
import { badFile, readTextFile, startedIn } from '@sequitur/recipe';

/** A document as a list of sentences. */
export type SentenceDocument = readonly string[];

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

export function sentencesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment.trim()).filter(Boolean);
}

/**
 * Reads a text file as documents, separated by empty lines, and splits them into sentences.
 *
 * @throws SequiturError for fewer than two documents
 */
export async function readDocuments(file: string): Promise<SentenceDocument[]> {
  const blocks = (await readTextFile(file)).split(/\r?\n[ \t]*\r?\n/);
  const documents = blocks.map((block) => sentencesOf(block.replace(/\s+/g, ' '))).filter(({ length }) => length > 0);
  if (documents.length > 1) return documents;
  throw badFile(file, 'at least two documents with an empty line between', `${documents.length}`);
}

/** Documents for pre-training and for validation. */
export interface Documents {
  readonly documents: readonly SentenceDocument[];
  readonly heldOut: readonly SentenceDocument[];
}

/** The documents of a file, a twentieth of them for validation; or the labelled texts that are not in the test set. */
export async function documentsOf(
  { training, validation }: Pick<LabelledSets, 'training' | 'validation'>,
  corpus: string | undefined,
): Promise<Documents> {
  if (corpus === undefined) {
    const [documents, heldOut] = [training, validation].map((texts) => texts.map(({ text }) => sentencesOf(text)));
    return { documents: documents!, heldOut: heldOut! };
  }
  const all = await readDocuments(resolve(startedIn, corpus));
  const isHeldOut = (index: number) => index % 20 === 19;
  const heldOut = all.filter((_, index) => isHeldOut(index));
  if (heldOut.length > 1) return { documents: all.filter((_, index) => !isHeldOut(index)), heldOut };
  return { documents: all, heldOut: all };
}
