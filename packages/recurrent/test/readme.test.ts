import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
  '@sequitur/recurrent': () => import('../src/index.js'),
});
