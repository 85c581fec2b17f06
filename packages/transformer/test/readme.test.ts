import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/attention': () => import('@sequitur/attention'),
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/generation': () => import('@sequitur/generation'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('../src/index.js'),
});
