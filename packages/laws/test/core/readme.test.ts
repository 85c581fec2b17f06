import { join } from 'node:path';
import { readmeExamples } from '../../src/index.js';

readmeExamples(join(import.meta.dirname, '../../../core/README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
});
