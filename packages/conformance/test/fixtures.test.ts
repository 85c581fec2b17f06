import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { conform } from '../src/conform.js';
import { describeReport } from '../src/report.js';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** Folders whose subfolders are compared one by one. */
const groups = ['ops', 'tokenizers'];

const folders = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    groups.includes(name) ? readdirSync(join(fixtures, name)).map((inner) => `${name}/${inner}`) : [name],
  );

/** Fixtures without tensors give the same result on every backend. */
const onCpuOnly = (folder: string) => folder.startsWith('tokenizers/') || folder === 'safetensors-format';

onEachBackend('reference numbers', (backend: BackendName) => {
  for (const folder of folders) {
    if (onCpuOnly(folder) && backend !== 'cpu') continue;
    it(folder, async () => {
      const report = await conform(join(fixtures, folder), { vocabularies: fixtures });
      expect(report.verdict, describeReport(report, false)).toBe('passed');
    });
  }
});
