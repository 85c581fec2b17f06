import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/generation': () => import('@sequitur/generation'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
  '@sequitur/mamba': () => import('../src/index.js'),
});
