import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/pretrained': () => import('@sequitur/pretrained'),
  '@sequitur/text': () => import('../src/index.js'),
  '@sequitur/text/books': () => import('../src/corpora/books.js'),
});
