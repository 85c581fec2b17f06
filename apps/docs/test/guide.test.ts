import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeExamples } from '@sequitur/laws';
import { beforeAll } from 'vitest';

const guide = join(import.meta.dirname, '../site/guide');

const modules = {
  'node:fs/promises': () => import('node:fs/promises'),
  '@sequitur/attention': () => import('@sequitur/attention'),
  '@sequitur/bert': () => import('@sequitur/bert'),
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/gpt': () => import('@sequitur/gpt'),
  '@sequitur/mamba': () => import('@sequitur/mamba'),
  '@sequitur/pretrained': () => import('@sequitur/pretrained'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
};

beforeAll(async () => {
  for (const load of Object.values(modules)) await load();
}, 300_000);

const hasExamples = (page: string) => readFileSync(join(guide, page), 'utf8').includes('```ts\n');
for (const page of readdirSync(guide).filter(hasExamples)) readmeExamples(join(guide, page), modules);
