import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';

readmeExamples(join(import.meta.dirname, '../README.md'), {
  '@sequitur/ai-sdk': () => import('../src/index.js'),
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/gpt': () => import('@sequitur/gpt'),
  '@sequitur/text': () => import('@sequitur/text'),
  ai: () => import('ai'),
});
