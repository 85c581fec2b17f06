import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { bertFamilies } from '../src/models/index.js';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/bert': () => import('../src/index.js'),
});

it('the README lists every family', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  expect(bertFamilies.map(({ modelType }) => modelType).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
