import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parametersOf, Random, scoped, tokenTensor } from '@sequitur/core';
import { expectClose, onEachBackend } from '@sequitur/laws';
import { folderSource, SafetensorsFile, weightRules } from '@sequitur/pretrained';
import { adamW, nextTokenLoss, trainStep } from '@sequitur/train';
import { loadLora, peftLora, saveLora } from '@sequitur/transformer';
import { dispose, memory, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bloomFamily, Gpt, gpt2Family, llamaFamily } from '../src/index.js';

const size = { vocabularySize: 11, contextLength: 12, width: 12, depth: 2, heads: 3 };
const batch = { inputs: [[0, 1, 2, 3]], labels: [[1, 2, 3, 4]] };

const models = {
  llama: () => Gpt.create({ ...size, width: 8, heads: 2, hiddenWidth: 10 }, { family: llamaFamily, seed: 3 }),
  'gpt2, which stores query, key and value as one': () => Gpt.create(size, { family: gpt2Family, seed: 3 }),
  'bloom, which stores them head by head': () => Gpt.create(size, { family: bloomFamily, seed: 3 }),
};

function logitsOf(model: Gpt<never>): Tensor {
  return scoped(() => model.step(tokenTensor([[1, 2, 3, 4, 5]], 11), model.initState(1)).logits);
}

onEachBackend('low-rank adapters', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const [name, create] of Object.entries(models)) {
    it(`${name}: train alone, merge into what they were, and come back from their files`, async () => {
      const [model, other] = [create() as unknown as Gpt<never>, create() as unknown as Gpt<never>];
      const resolved = memory().numTensors;
      const rules = weightRules(model);
      const before = logitsOf(model);
      const weights = new Map<string, Float32Array>();
      for (const [path, parameter] of parametersOf(model)) weights.set(path, await parameter.read());
      const lora = peftLora(model, rules, { rank: 2, alpha: 6, targets: ['query', 'value', 'down'] });
      await expectClose(logitsOf(model), before.clone(), 1e-7);

      const optimizer = adamW({ learningRate: 0.05 });
      const losses: number[] = [];
      for (let step = 1; step <= 8; step++) {
        const { loss, gradientNorm } = trainStep(model, () => nextTokenLoss(model, batch, {}), optimizer, { step });
        losses.push((await loss.data())[0]!);
        dispose([loss, gradientNorm]);
      }
      expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.03);
      for (const [path, values] of weights) expect(await parametersOf(model).get(path)!.read(), path).toEqual(values);

      await saveLora(model, lora, rules, folder, { baseModel: 'mine' });
      const trained = logitsOf(model);
      const again = await loadLora(other, rules, folder);
      expect(again.parameters).toBeGreaterThanOrEqual(lora.parameters); // where stored as one, the key has zeros
      await expectClose(logitsOf(other), trained.clone(), 1e-6);
      lora.merge();
      expect([...parametersOf(model).keys()]).toEqual([...weights.keys()]);
      await expectClose(logitsOf(model), trained.clone(), 1e-5);
      again.remove();
      await expectClose(logitsOf(other), before.clone(), 1e-7);
      for (const parameter of [model, other].flatMap((each) => [...parametersOf(each).values()]))
        expect(parameter.trainable).toBe(true);
      optimizer.dispose();
      dispose([before, trained]);
      expect(memory().numTensors).toBe(resolved);
      model.dispose();
      other.dispose();
    });
  }

  it('drop a share of what they read in training alone, and keep that share in their files', async () => {
    const model = models.llama();
    const rules = weightRules(model);
    const lora = peftLora(model, rules, { rank: 2, dropout: 0.5, seed: 1 });
    for (const { linear } of lora.adapted)
      linear.up.weight.assign(new Float32Array(linear.up.weight.shape[0]! * linear.up.weight.shape[1]!).fill(1));
    const loss = lora.whileTraining(nextTokenLoss);
    const lossOf = async (context: { random?: Random }) => {
      const value = loss(model, batch, context);
      const [number] = await value.data();
      value.dispose();
      return number!;
    };
    const sure = await lossOf({});
    const drawn = await lossOf({ random: Random.fromSeed(1) });
    expect(drawn).not.toBe(sure);
    expect(await lossOf({ random: Random.fromSeed(1) })).toBe(drawn);
    expect(await lossOf({})).toBe(sure);
    await saveLora(model, lora, rules, folder);
    const other = models.llama();
    expect((await loadLora(other, rules, folder)).dropout).toBe(0.5);
    model.dispose();
    other.dispose();
  });

  it('are laid out as PEFT lays them out', async () => {
    const model = models['gpt2, which stores query, key and value as one']();
    const rules = weightRules(model);
    await saveLora(model, peftLora(model, rules, { rank: 2 }), rules, folder);
    const opened = (await folderSource(folder).open('adapter_model.safetensors'))!;
    const file = await SafetensorsFile.open(opened);
    await opened.close?.();
    const shapes = Object.fromEntries([...file.tensors].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual(
      Object.fromEntries(
        [0, 1].flatMap((block) => [
          [`base_model.model.transformer.h.${block}.attn.c_attn.lora_A.weight`, [2, 12]],
          [`base_model.model.transformer.h.${block}.attn.c_attn.lora_B.weight`, [36, 2]],
        ]),
      ),
    );
    const config = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({
      peft_type: 'LORA',
      r: 2,
      lora_alpha: 4,
      target_modules: ['c_attn'],
      fan_in_fan_out: true,
    });
    model.dispose();
  });

  it('name for PEFT the modules that they adapt and no others', async () => {
    const model = models.llama();
    const rules = weightRules(model);
    const named = async (targets: (path: string) => boolean) => {
      const lora = peftLora(model, rules, { rank: 2, targets });
      await saveLora(model, lora, rules, folder);
      lora.remove();
      return JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')).target_modules;
    };
    expect(await named((path) => path.endsWith('.query'))).toEqual(['q_proj']);
    // The last name alone would adapt the other block too.
    expect(await named((path) => path === 'blocks.1.mixer.query')).toEqual(['model.layers.1.self_attn.q_proj']);
    expect(await named((path) => /0\.mixer\.(key|query)$/.test(path))).toEqual([
      'model.layers.0.self_attn.q_proj',
      'model.layers.0.self_attn.k_proj',
    ]);
    model.dispose();
  });

  it('are refused where their file holds what PEFT would not read', async () => {
    const model = models.llama();
    const rules = weightRules(model);
    const lora = peftLora(model, rules, { rank: 2 });
    await saveLora(model, lora, rules, folder);
    lora.remove();
    const path = join(folder, 'adapter_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    for (const other of [
      { target_modules: ['q_proj'] },
      { exclude_modules: ['v_proj'] },
      { layers_to_transform: [0] },
    ]) {
      await writeFile(path, JSON.stringify({ ...config, ...other }));
      await expect(loadLora(model, rules, folder)).rejects.toThrow(/got tensors of model\.layers\.\d\.self_attn\./);
    }
    await writeFile(path, JSON.stringify({ ...config, lora_ga_config: null, later: false }));
    (await loadLora(model, rules, folder)).remove();
    model.dispose();
  });

  it('are refused where they do not fit, and the model stays as it was', async () => {
    const model = models.llama();
    const rules = weightRules(model);
    await saveLora(model, peftLora(model, rules, { rank: 2 }), rules, folder);
    const path = join(folder, 'adapter_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    const other = models.llama();
    const paths = [...parametersOf(other).keys()];
    await writeFile(path, JSON.stringify({ ...config, r: 3 }));
    await expect(loadLora(other, rules, folder)).rejects.toThrow(/lora_A\.weight: expected rank 3.*got shape \[2, 8\]/);
    expect([...parametersOf(other).keys()]).toEqual(paths);
    await writeFile(path, JSON.stringify({ ...config, modules_to_save: ['lm_head'] }));
    await expect(loadLora(other, rules, folder)).rejects.toThrow(/modules_to_save/);
    const gpt2 = models['gpt2, which stores query, key and value as one']();
    await writeFile(path, JSON.stringify(config));
    const gpt2Rules = weightRules(gpt2);
    await expect(loadLora(gpt2, gpt2Rules, folder)).rejects.toThrow(/expected adapters of Linears of this model/);
    for (const each of [model, other, gpt2]) each.dispose();
  });
});
