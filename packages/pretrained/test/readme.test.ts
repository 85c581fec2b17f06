import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '../README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/pretrained': () => import('@sequitur/pretrained'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
});
