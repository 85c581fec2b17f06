import { initialize, type Module, openBackend, parametersOf } from '@sequitur/core';
import { filesSink, filesSource } from '@sequitur/pretrained';
import { CharacterTokenizer } from '@sequitur/text';
import { beforeEach, describe, expect, it } from 'vitest';
import { gptNeoxFamily, MemoryTransformerXl, RecurrentMemoryGpt, TransformerXl } from '../src/index.js';

const sizes = {
  ...{ vocabularySize: 12, width: 8, depth: 2, heads: 2, headSize: 4, hiddenWidth: 6, memoryLength: 5 },
  ...{ cutoffs: [4], divisor: 2, tiedProjections: [false, true], segmentLength: 3 },
};
const gpt = {
  family: gptNeoxFamily,
  base: { vocabularySize: 12, contextLength: 16, width: 16, depth: 1, heads: 2, hiddenWidth: 6, endToken: 2 },
};

const models = {
  'Transformer-XL': [() => TransformerXl.create(sizes, { seed: 1 }), TransformerXl],
  'Transformer-XL with memory tokens': [
    () => MemoryTransformerXl.create({ ...sizes, memoryTokens: 2, sharedScoreBiases: true }, { seed: 1 }),
    MemoryTransformerXl,
  ],
  'GPT with memory tokens': [
    () => initialize(new RecurrentMemoryGpt({ ...gpt, memoryTokens: 2, segmentLength: 4, alignment: 'right' }), 1),
    RecurrentMemoryGpt,
  ],
} as const;

describe('folders of models that read in segments', () => {
  beforeEach(() => openBackend('cpu'));

  it.each(Object.entries(models))('%s comes back as it was, and completes prompts', async (_name, [create, Class]) => {
    const model = create();
    const tokenizer = CharacterTokenizer.fromText('abcdefghijkl');
    const sink = filesSink();
    await model.savePretrained(sink);
    const again = await Class.fromPretrained(filesSource(sink.files), { tokenizer, strict: true });
    await expectSameValues(again, model);
    expect(again.config).toMatchObject(model.config);
    let text = '';
    for await (const piece of again.complete('abc', { maxTokens: 4, endTokens: [] })) text += piece;
    expect(text).toHaveLength(4);
    const twice = filesSink();
    await again.savePretrained(twice);
    const config = (files: readonly File[]) => files.find(({ name }) => name === 'config.json')!.text();
    expect(await config(twice.files)).toBe(await config(sink.files));
    for (const part of [model, again]) part.dispose();
  });

  it('take another length of segments', async () => {
    const model = TransformerXl.create(sizes, { seed: 1 });
    const sink = filesSink();
    await model.savePretrained(sink);
    const again = await TransformerXl.fromPretrained(filesSource(sink.files), { segmentLength: 2 });
    expect(again.config.segmentLength).toBe(2);
    for (const part of [model, again]) part.dispose();
  });
});

async function expectSameValues(found: Module, wanted: Module): Promise<void> {
  expect([...parametersOf(found).keys()]).toEqual([...parametersOf(wanted).keys()]);
  for (const [path, parameter] of parametersOf(wanted)) {
    expect(await parametersOf(found).get(path)!.read(), path).toEqual(await parameter.read());
  }
}
