import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '../README.md'), {
  '@sequitur/core': () => import('../src/index.js'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
});
