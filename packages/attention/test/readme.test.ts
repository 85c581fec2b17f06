import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/attention': () => import('../src/index.js'),
  '@sequitur/core': () => import('@sequitur/core'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
});
