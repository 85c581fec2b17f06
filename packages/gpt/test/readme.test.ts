import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/gpt': () => import('../src/index.js'),
  '@sequitur/pretrained': () => import('@sequitur/pretrained'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
});
