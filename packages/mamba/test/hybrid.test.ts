import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parametersOf } from '@sequitur/core';
import { causalModelLaws, onEachBackend } from '@sequitur/laws';
import { attention, LanguageModel } from '@sequitur/transformer';
import { expect, it } from 'vitest';
import { mamba, mamba2, s4d } from '../src/index.js';

const config = {
  vocabularySize: 11,
  width: 32, // embeddings that are long beside the step of the laws' differences
  blocks: [
    mamba({ innerWidth: 8, stateSize: 3 }),
    attention({ heads: 2 }),
    mamba2({ innerWidth: 8, headSize: 4, stateSize: 3, chunkLength: 4 }),
    s4d({ stateSize: 4 }),
  ],
};

// Two at a time: central differences at the step of the laws are off by a tenth for all four in a row, and converge to the
// gradient with the square of the step.
for (const pair of [config.blocks.slice(0, 2), config.blocks.slice(1, 3), config.blocks.slice(2, 4)]) {
  const name = pair.map(({ kind }) => kind).join(', then ');
  causalModelLaws(name, () => new LanguageModel({ ...config, blocks: pair }));
}

onEachBackend('a hybrid', () => {
  it('is saved as plain JSON and comes back from a list of parts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
    const model = LanguageModel.create(config, { seed: 3 });
    await model.savePretrained(folder);
    const again = await LanguageModel.fromPretrained(folder, { parts: [mamba, mamba2, s4d, attention] });
    for (const [path, parameter] of parametersOf(model)) {
      expect(await parametersOf(again).get(path)!.read(), path).toEqual(await parameter.read());
    }
    await expect(LanguageModel.fromPretrained(folder, { parts: [mamba, attention] })).rejects.toThrow(/mamba2/);
    model.dispose();
    again.dispose();
    await rm(folder, { recursive: true });
  });
});
