import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/bert': () => import('../src/index.js'),
});
