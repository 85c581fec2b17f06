import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bertFamilies } from '@sequitur/bert';
import { Gpt, gptFamilies, MemoryTransformerXl, RecurrentMemoryGpt, TransformerXl } from '@sequitur/gpt';
import { Mamba, Mamba2 } from '@sequitur/mamba';
import { entryPoints } from '@sequitur/pretrained';
import { SequenceToSequence, sequenceToSequenceFamilies } from '@sequitur/transformer';
import { describe, expect, it } from 'vitest';
import { models } from '../src/models/families.js';

/** What each class must read, spelled out: a list that loses a name is noticed here alone. */
const families = {
  Gpt: [
    ...['gpt2', 'gpt_neox', 'gpt_neo', 'gptj', 'bloom', 'falcon', 'opt', 'llama', 'mistral', 'qwen2', 'qwen3'],
    ...['smollm3', 'granite', 'olmo2', 'olmo3', 'gemma', 'gemma2', 'gemma3_text', 'cohere', 'cohere2', 'glm', 'glm4'],
    ...['phi', 'phi3', 'stablelm', 'starcoder2', 'lfm2', 'mixtral', 'qwen2_moe', 'qwen3_moe', 'gpt_oss', 'deepseek_v2'],
    ...['deepseek_v3', 'bamba', 'jamba', 'granitemoehybrid', 'falcon_h1', 'zamba2'],
  ],
  TransformerXl: ['transfo-xl'],
  MemoryTransformerXl: ['lm-rmt'],
  RecurrentMemoryGpt: ['rmt-gpt2'],
  Bert: [
    ...['bert', 'roberta', 'xlm-roberta', 'distilbert', 'longformer', 'big_bird', 'electra', 'albert', 'modernbert'],
    'deberta-v2',
  ],
  SequenceToSequence: ['t5', 'mt5', 'umt5', 'bart', 'mbart', 'm2m_100', 'marian', 'blenderbot', 'pegasus'],
  Mamba: ['mamba', 'falcon_mamba'],
  Mamba2: ['mamba2'],
} as const;

describe('lists of names', () => {
  const found = {
    Gpt: gptFamilies,
    Bert: bertFamilies,
    SequenceToSequence: sequenceToSequenceFamilies,
    TransformerXl: TransformerXl.families,
    MemoryTransformerXl: MemoryTransformerXl.families,
    RecurrentMemoryGpt: RecurrentMemoryGpt.families,
    Mamba: Mamba.families,
    Mamba2: Mamba2.families,
  };
  it.each(Object.keys(families) as (keyof typeof families)[])('%s reads its families', (name) => {
    const names = (found[name] as readonly { readonly modelType: string }[]).map(({ modelType }) => modelType);
    expect(names).toEqual(expect.arrayContaining([...families[name]]));
    for (const modelType of families[name])
      expect(entryPoints[modelType], modelType).toContain(`${name} of @sequitur/`);
  });

  it('every class is compared with PyTorch', () => {
    const names = models.map((model) => model.name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(families), 'GptClassifier']));
    expect([Gpt, SequenceToSequence].every((model) => names.includes(model.name))).toBe(true);
  });

  it('every recipe starts by its name', () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8'));
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining([
        ...['character-gpt', 'translation', 'summarization', 'classification', 'entity-recognition'],
        ...['question-answering', 'bert-pretraining', 'intents', 'fill-mask', 'stories', 'chat', 'state-space-tasks'],
        ...['associative-recall', 'playground', 'start', 'test', 'bench', 'conformance'],
      ]),
    );
    const run = readFileSync(join(import.meta.dirname, '..', '..', '..', 'scripts', 'run.mjs'), 'utf8');
    for (const [name, command] of Object.entries<string>(scripts)) {
      if (command.startsWith('node scripts/run.mjs')) expect(run, name).toMatch(new RegExp(`['\\s]${name}['(:]`));
    }
  });
});
