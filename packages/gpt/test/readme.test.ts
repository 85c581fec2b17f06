import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { gptFamilies } from '../src/models/index.js';

readmeExamples(join(import.meta.dirname, '..', 'README.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/gpt': () => import('../src/index.js'),
  '@sequitur/pretrained': () => import('@sequitur/pretrained'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
});

it('the README lists every family', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  expect(gptFamilies.map(({ modelType }) => modelType).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
