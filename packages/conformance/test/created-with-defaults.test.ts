import { Bert, bertFamilies, maskedLanguage, noHead } from '@sequitur/bert';
import { initialize, openBackend, parametersOf, scoped, tokenTensor } from '@sequitur/core';
import {
  Gpt,
  GptClassifier,
  gptFamilies,
  MemoryTransformerXl,
  memoryTransformerXlFamily,
  RecurrentMemoryGpt,
  recurrentMemoryGptFamily,
  TransformerXl,
  transformerXlFamily,
} from '@sequitur/gpt';
import { falconMambaFamily, Mamba, Mamba2, mamba, mamba2, mamba2Family, mambaFamily, s4d } from '@sequitur/mamba';
import { filesSink, filesSource } from '@sequitur/pretrained';
import { gru, lstm, minGru } from '@sequitur/recurrent';
import { attention, LanguageModel, SequenceToSequence, sequenceToSequenceFamilies } from '@sequitur/transformer';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { models } from '../src/models/families.js';

/** What a configuration must say; everything else is left to its default. */
const SIZES = { vocabularySize: 17, width: 16, depth: 2, heads: 2 };
const LONG = { ...SIZES, contextLength: 24 };
const FULL = { ...LONG, hiddenWidth: 20 };

const experts = { ...FULL, experts: 4, activeExperts: 2, expertWidth: 12 };

const scan = { innerWidth: 32, stateSize: 4, scanHeadSize: 8 };

const deepSeek = {
  ...{ ...experts, headSize: 4, latentSize: 8, plainSize: 4, valueSize: 4, firstSparseLayer: 1, sharedExperts: 1 },
  ...{ normalised: false, routingScale: 1 },
};

const gpts: Readonly<Record<string, object>> = {
  ...{ bloom: SIZES, gpt2: LONG, gpt_neo: { ...LONG, reaches: ['global', 'local'] }, gpt_neox: FULL, llama: FULL },
  ...{ mistral: FULL, qwen2: FULL, qwen3: FULL, smollm3: FULL, granite: FULL, olmo2: FULL, olmo3: FULL },
  ...{ gemma: { ...FULL, headSize: 6 }, gemma2: { ...FULL, headSize: 6 }, gemma3_text: { ...FULL, headSize: 6 } },
  ...{ mixtral: experts, qwen2_moe: { ...experts, sharedWidth: 8 }, qwen3_moe: experts, gpt_oss: experts },
  ...{ deepseek_v2: { ...deepSeek, scoring: 'softmax' }, deepseek_v3: { ...deepSeek, scoring: 'sigmoid' } },
  ...{ falcon: FULL, gptj: { ...FULL, rotaryDimensions: 4 }, opt: FULL, lfm2: { ...FULL, attends: [true, false] } },
  ...{ bamba: { ...FULL, ...scan, attends: [true, false] }, falcon_h1: { ...FULL, ...scan } },
  zamba2: { ...FULL, ...scan, hybrid: [false, true], adapterRank: 3 },
  ...{ jamba: { ...experts, attends: [true, false], sparse: [false, true] } },
  granitemoehybrid: { ...experts, ...scan, experts: 4, sharedWidth: 12, attends: [true, false] },
  ...{ cohere: FULL, cohere2: FULL, glm: FULL, glm4: FULL, phi: FULL, phi3: FULL, stablelm: FULL, starcoder2: FULL },
};

const encoders: Readonly<Record<string, object>> = {
  ...{ bert: LONG, roberta: LONG, 'xlm-roberta': LONG, distilbert: LONG, longformer: { ...LONG, windows: [4, 4] } },
  ...{
    electra: { ...LONG, embeddingWidth: 8 },
    albert: { ...LONG, embeddingWidth: 8 },
    modernbert: { ...FULL, fullEvery: 2, window: 4, rotaryBase: 10000 },
  },
  'deberta-v2': { ...LONG, relative: true, positionScores: ['contentToPosition', 'positionToContent'], kernelSize: 3 },
  big_bird: { ...LONG, blockSize: 4, randomBlocks: 1 },
};

const sides = {
  ...{ vocabularySize: 17, width: 16, contextLength: 24, decoderStartToken: 0, paddingToken: 0 },
  ...{ encoderDepth: 1, encoderHeads: 2, encoderHiddenWidth: 20 },
  ...{ decoderDepth: 1, decoderHeads: 2, decoderHiddenWidth: 20 },
};
const t5 = {
  ...{ vocabularySize: 17, width: 16, headSize: 6, heads: 2, hiddenWidth: 20, encoderDepth: 1, decoderDepth: 1 },
  ...{ decoderStartToken: 0, paddingToken: 0 },
};
const encoderDecoders: Readonly<Record<string, object>> = {
  ...{
    bart: sides,
    mbart: sides,
    m2m_100: sides,
    marian: sides,
    blenderbot: sides,
    pegasus: sides,
    t5,
    mt5: t5,
    umt5: t5,
  },
};

const xl = { ...SIZES, headSize: 6, hiddenWidth: 20, memoryLength: 4 };
const memoryXl = { ...xl, segmentLength: 4, memoryTokens: 2 };

type Model = {
  savePretrained(sink: object): Promise<void>;
  dispose(): void;
};
interface Case {
  readonly create: () => Model;
  readonly open: (files: readonly File[], options: object) => Promise<Model>;
  /** What the model computes of some tokens. */
  readonly outputs: (model: never) => { data(): Promise<unknown>; dispose(): void };
}

const TOKENS = [[3, 1, 4, 1, 5, 9, 2, 6]];
const logits = (model: CausalLike) => scoped(() => model.step(tokenTensor(TOKENS, 17), model.initState(1)).logits);
interface CausalLike {
  step(tokens: unknown, state: unknown): { logits: never };
  initState(batch: number): unknown;
}

const of = (Class: unknown) => Class as { create(config: object, options?: object): Model } & Opens;
interface Opens {
  fromPretrained(location: unknown, options: object): Promise<Model>;
}
const opening = (Class: unknown) => (files: readonly File[], options: object) =>
  of(Class).fromPretrained(filesSource(files), options);

const causal = (Class: unknown, config: object, family?: object): Case => ({
  create: () => of(Class).create(config, { seed: 5, ...(family && { family }) }),
  open: opening(Class),
  outputs: logits as never,
});

const parts = { attention, mamba, mamba2, s4d, lstm, gru, minGru };
const partOptions: Readonly<Record<string, object>> = { mamba2: { headSize: 8 }, s4d: { stateSize: 4 } };
const PartModels = LanguageModel.of(Object.values(parts) as never);

const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    gptFamilies.map((family) => [family.modelType, causal(Gpt, gpts[family.modelType]!, family)] as const),
  ),
  ...Object.fromEntries(
    bertFamilies.flatMap(({ modelType }) =>
      Object.entries({ base: undefined, noHead, maskedLanguage }).map(([name, head]) => [
        head ? `${modelType}, ${name}` : modelType,
        {
          create: () =>
            Bert.create({ modelType, ...encoders[modelType] } as never, {
              ...(head && { head: head() as never }),
              seed: 5,
            }),
          open: opening(Bert),
          outputs: (model: Bert) => {
            const { hidden, logits: scores } = model.apply({ tokens: TOKENS }) as never as Record<string, never>;
            return (scores ?? hidden) as never;
          },
        } as Case,
      ]),
    ),
  ),
  ...Object.fromEntries(
    sequenceToSequenceFamilies.map(({ modelType }) => [
      modelType,
      {
        create: () => SequenceToSequence.create({ modelType, ...encoderDecoders[modelType] } as never, { seed: 5 }),
        open: opening(SequenceToSequence),
        outputs: (model: SequenceToSequence) => model.apply({ source: TOKENS, target: TOKENS }),
      } as never as Case,
    ]),
  ),
  mamba: causal(Mamba, SIZES),
  falcon_mamba: causal(Mamba, SIZES, falconMambaFamily),
  mamba2: causal(Mamba2, { ...SIZES, headSize: 8 }),
  'transfo-xl': causal(TransformerXl, xl),
  'lm-rmt': causal(MemoryTransformerXl, memoryXl),
  'rmt-gpt2': {
    ...causal(RecurrentMemoryGpt, {}),
    create: () => {
      const config = { base: LONG, family: gptFamilies[0]!, memoryTokens: 2, segmentLength: 4 };
      return initialize(new RecurrentMemoryGpt(config as never), 5) as never;
    },
  },
  ...Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      `sequitur-language-model, ${name}`,
      {
        create: () => {
          const block = (part as unknown as (options: object) => never)({
            ...(name === 'attention' && { heads: 2 }),
            ...partOptions[name],
          });
          return LanguageModel.create({ vocabularySize: 17, width: 16, blocks: [block, block] }, { seed: 5 });
        },
        open: (files: readonly File[], options: object) => PartModels.fromPretrained(filesSource(files), options),
        outputs: logits,
      } as never as Case,
    ]),
  ),
};

/** Spelled out, so that none is left out in silence. */
const NAMES = [
  ...['gpt2', 'gpt_neox', 'gpt_neo', 'bloom', 'llama', 'mistral', 'qwen2', 'qwen3', 'smollm3', 'granite', 'olmo2'],
  ...['olmo3', 'gemma', 'gemma2', 'gemma3_text', 'cohere', 'cohere2', 'glm', 'glm4', 'phi', 'phi3', 'stablelm'],
  ...['starcoder2', 'mixtral', 'qwen2_moe', 'qwen3_moe', 'gpt_oss', 'falcon', 'gptj', 'opt', 'lfm2', 'bert'],
  ...['roberta', 'xlm-roberta', 'distilbert', 'longformer', 'big_bird', 't5', 'mt5', 'bart', 'marian', 'blenderbot'],
  ...['pegasus', 'mamba', 'mamba2', 'transfo-xl', 'lm-rmt', 'rmt-gpt2', 'albert', 'electra', 'modernbert'],
  ...['deepseek_v2', 'deepseek_v3'],
  ...['mbart', 'm2m_100'],
  ...['falcon_mamba', 'bamba', 'jamba', 'granitemoehybrid', 'falcon_h1'],
  ...['deberta-v2'],
  ...['umt5'],
  ...['zamba2'],
];

describe('a model created with every default', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  it('is one of every family', () => {
    const families = [
      ...gptFamilies,
      ...bertFamilies,
      ...sequenceToSequenceFamilies,
      mambaFamily,
      falconMambaFamily,
      mamba2Family,
    ];
    const others = [transformerXlFamily, memoryTransformerXlFamily, recurrentMemoryGptFamily];
    expect([...families, ...others].map(({ modelType }) => modelType).sort()).toEqual([...NAMES].sort());
    const known = new Set(models.flatMap((model): readonly { modelType: string }[] => model.families));
    expect([...known].map(({ modelType }) => modelType).sort()).toEqual([...NAMES].sort());
    for (const name of NAMES) expect(Object.keys(cases)).toContain(name);
    expect(models).toContain(GptClassifier);
  });

  it.each(Object.entries(cases))('%s computes the same bits after it was saved and loaded', async (_name, given) => {
    const model = given.create();
    const sink = filesSink();
    await model.savePretrained(sink);
    const warn = vi.fn();
    const again = await given.open(sink.files, { warn, strict: true });
    expect(warn).not.toHaveBeenCalled();
    const [before, after] = [parametersOf(model as never), parametersOf(again as never)];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [path, parameter] of before) expect(await after.get(path)!.read(), path).toEqual(await parameter.read());
    const [first, second] = [given.outputs(model as never), given.outputs(again as never)];
    expect(await second.data()).toEqual(await first.data());
    for (const each of [first, second, model, again]) each.dispose();
  });
});
