import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { sequenceToSequenceFamilies } from '../src/models/index.js';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/attention': () => import('@sequitur/attention'),
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/generation': () => import('@sequitur/generation'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('../src/index.js'),
});

it('the README lists every family', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  expect(
    sequenceToSequenceFamilies.map(({ modelType }) => modelType).filter((name) => !readme.includes(`\`${name}\``)),
  ).toEqual([]);
});
