import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Module, parametersOf } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { openSink, saveWeights, type WeightRule, weightRules } from '@sequitur/pretrained';
import { CharacterTokenizer } from '@sequitur/text';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mamba, Mamba2 } from '../src/index.js';

const mambaConfig = { vocabularySize: 16, width: 8, depth: 2, stateSize: 3 };
const mamba2Config = { vocabularySize: 16, width: 8, depth: 2, stateSize: 3, headSize: 4 };

async function expectSameValues(found: Module, wanted: Module): Promise<void> {
  for (const [path, parameter] of parametersOf(wanted)) {
    expect(await parametersOf(found).get(path)!.read(), path).toEqual(await parameter.read());
  }
}

/** The names of the original repositories. */
function original(rules: readonly WeightRule[]): WeightRule[] {
  return rules.map((rule) => ({ ...rule, checkpoint: rule.checkpoint.replace('embeddings', 'embedding') }));
}

onEachBackend('checkpoints of state spaces', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are saved and loaded without loss', async () => {
    for (const model of [
      Mamba.create(mambaConfig, { seed: 1 }),
      Mamba.create({ ...mambaConfig, bias: true, convolutionBias: false, tied: false }, { seed: 2 }),
    ]) {
      await model.savePretrained(folder);
      const again = await Mamba.fromPretrained(folder);
      await expectSameValues(again, model);
      expect(again.config).toMatchObject(model.config);
      model.dispose();
      again.dispose();
    }
  });

  it('of Mamba-2 hold an infinite number as Python spells it', async () => {
    const model = Mamba2.create({ ...mamba2Config, groups: 2, bias: true }, { seed: 1 });
    await model.savePretrained(folder);
    const text = await readFile(join(folder, 'config.json'), 'utf8');
    expect(text).toMatch(/"time_step_limit": \[\s*0\.0,\s*Infinity\s*\]/);
    const again = await Mamba2.fromPretrained(folder);
    await expectSameValues(again, model);
    expect(again.config.stepLimit).toEqual([0, Number.POSITIVE_INFINITY]);
    model.dispose();
    again.dispose();
  });

  it('of the original repositories are read: their names, settings and padded vocabulary', async () => {
    const settings = (layer: object) => ({ d_model: 8, n_layer: 2, vocab_size: 13, ssm_cfg: layer, rms_norm: true });
    const config = (value: object) => writeFile(join(folder, 'config.json'), JSON.stringify(value));
    const first = Mamba.create(mambaConfig, { seed: 4 });
    await saveWeights(first, openSink(folder), original(weightRules(first)));
    await config(settings({ d_state: 3 }));
    const again = await Mamba.fromPretrained(folder);
    await expectSameValues(again, first);
    const second = Mamba2.create({ ...mamba2Config, tied: true }, { seed: 4 });
    await saveWeights(second, openSink(folder), original(weightRules(second)));
    await config(settings({ layer: 'Mamba2', d_state: 3, headdim: 4 }));
    const other = await Mamba2.fromPretrained(folder);
    await expectSameValues(other, second);
    await expect(Mamba.fromPretrained(folder)).rejects.toThrow(/Mamba1 mixers, got Mamba2/);
    await config({ ...settings({ d_state: 3 }), attn_layer_idx: [1] });
    await expect(Mamba.fromPretrained(folder)).rejects.toThrow(/attn_layer_idx/);
    for (const model of [first, again, second, other]) model.dispose();
  });

  it('write on after a text, the same once loaded, up to a token that ends it', async () => {
    const tokenizer = CharacterTokenizer.fromText('abcdefghijklmnop');
    const written = async (model: Mamba | Mamba2) => {
      let text = '';
      for await (const piece of model.complete('abc', { maxTokens: 6, seed: 2 })) text += piece;
      return text;
    };
    for (const model of [
      Mamba.create(mambaConfig, { seed: 5, tokenizer }),
      Mamba2.create(mamba2Config, { seed: 5, tokenizer }),
    ]) {
      const text = await written(model);
      expect(text).toHaveLength(6);
      await model.savePretrained(folder);
      const again = await (model instanceof Mamba ? Mamba : Mamba2).fromPretrained(folder);
      expect(await written(again)).toBe(text);
      const [endToken] = tokenizer.encode(text[2]!);
      const ended = model.complete('abc', { maxTokens: 6, seed: 2, endTokens: [endToken!] });
      let before = '';
      for await (const piece of ended) before += piece;
      expect(before).toBe(text.slice(0, text.indexOf(text[2]!)));
      model.dispose();
      again.dispose();
    }
  });

  it('need a tokenizer to write', async () => {
    const model = Mamba.create(mambaConfig, { seed: 5 });
    await expect(model.complete('abc').next()).rejects.toThrow(/a model with a tokenizer/);
    model.dispose();
  });
});
