import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import type { GivenFile } from '../src/protocol/models.js';
import { usualSampling } from '../src/protocol/write.js';
import { memoryStore, type Store } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

const fixtures = fileURLToPath(new URL('../../../packages/conformance/fixtures/', import.meta.url));
const greedy = { ...usualSampling, temperature: 0, topP: 1, repetitionPenalty: 1 };

/** A whole folder, with all that lies in it, as somebody drops it. */
async function folder(name: string): Promise<GivenFile[]> {
  const names = await readdir(fixtures + name);
  return Promise.all(
    names.map(async (file) => ({
      name: `${name}/${file}`,
      content: new Blob([(await readFile(`${fixtures}${name}/${file}`)) as BlobPart]),
    })),
  );
}

interface Generated {
  readonly kwargs: { readonly max_new_tokens: number; readonly do_sample: boolean; readonly num_beams?: number };
  readonly inputs: { readonly input_ids: readonly (readonly number[])[] };
  readonly sequences: readonly (readonly number[])[];
}

/** What the reference writes greedily after one prompt. */
async function greedyOf(name: string) {
  const { generate } = JSON.parse(await readFile(`${fixtures}${name}/expected.json`, 'utf8')) as {
    generate: Generated[];
  };
  const { kwargs, inputs, sequences } = generate.find(
    (each) => !each.kwargs.do_sample && (each.kwargs.num_beams ?? 1) === 1 && each.inputs.input_ids.length === 1,
  )!;
  const prompt = inputs.input_ids[0]!;
  return { prompt, expected: sequences[0]!.slice(prompt.length), maxTokens: kwargs.max_new_tokens };
}

describe('folders that are dropped', () => {
  let engine: Engine;
  let close: () => void;
  let store: Store;
  beforeAll(() => {
    store = memoryStore();
    ({ engine, close } = connect(store));
  });
  afterAll(() => close());

  it.each(['gpt2-lm', 'llama', 'mamba', 'mamba2'])(
    '%s, which has no tokenizer, writes the ids of the reference',
    async (name) => {
      const { ref, origin } = await engine.call('models.add', { files: await folder(name) });
      expect(origin).toContain('write ids');
      const { prompt, expected, maxTokens } = await greedyOf(name);
      const written: [id: number, text: string][] = [];
      await engine.call(
        'write.on',
        { ref, prompt: prompt.join(' '), written: [], settings: greedy, maxTokens },
        { onPart: ({ id, text }) => void written.push([id, text.trim()]) },
      );
      expect(written).toEqual(expected.map((id) => [id, String(id)]));
    },
  );

  it('refuses words where only ids are known', async () => {
    const { ref } = await engine.call('models.add', { files: await folder('llama') });
    const words = { ref, prompt: '57 whale', written: [], settings: greedy };
    await expect(engine.call('write.next', words)).rejects.toThrow("got 'whale'");
    await expect(engine.call('write.next', { ...words, prompt: '57 113' })).rejects.toThrow('from 0 to 112');
  });

  it('refuses an encoder without a tokenizer in Read, by name, and keeps nothing of it', async () => {
    await expect(engine.call('read.add', { files: await folder('bert-seqcls') })).rejects.toThrow('a tokenizer');
    expect(await store.list('readers')).toEqual([]);
  });
});
