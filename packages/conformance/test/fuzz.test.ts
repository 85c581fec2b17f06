import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  deserialize,
  disposeState,
  openBackend,
  type Random,
  type SerializedState,
  type StateTree,
  scoped,
  serialize,
  tokenTensor,
} from '@sequitur/core';
import { generateSequences, readGenerationSettings } from '@sequitur/generation';
import { Gpt } from '@sequitur/gpt';
import {
  changed,
  damageBytes,
  damageJson,
  damageSafetensors,
  type FolderFiles,
  type FuzzedReader,
  fuzz,
  pick,
} from '@sequitur/laws';
import { Mamba } from '@sequitur/mamba';
import { Auto, blobFile, filesSink, filesSource, parseJson, SafetensorsFile, weightRules } from '@sequitur/pretrained';
import { adamW, type CheckpointOptions, train } from '@sequitur/train';
import { loadLora, peftLora, saveLora } from '@sequitur/transformer';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { models } from '../src/models/families.js';

const fixtures = join(import.meta.dirname, '..', 'fixtures');
const MIB = 2 ** 20;
const fixtureFolders = readdirSync(fixtures, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** The files of a model's folder. */
function filesOf(folder: string): FolderFiles {
  const names = readdirSync(join(fixtures, folder)).filter((name) =>
    /^(config|model).*\.(json|safetensors)$/.test(name),
  );
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(fixtures, folder, name)))]));
}

const bytesIn = (files: FolderFiles) => [...files.values()].reduce((sum, { length }) => sum + length, 0);
const asFile = (name: string, bytes: Uint8Array) => new File([bytes as Uint8Array<ArrayBuffer>], name);
const sourceOf = (files: FolderFiles) => filesSource([...files].map(([name, bytes]) => asFile(name, bytes)));

/** The files with one of them damaged as its kind is. */
function damaged(files: FolderFiles, name: string, random: Random): FolderFiles {
  const bytes = files.get(name)!;
  const damage = name.endsWith('.json') ? damageJson : name.endsWith('.safetensors') ? damageSafetensors : damageBytes;
  return new Map([...files, [name, damage(bytes, random)]]);
}

describe('whatever a file holds, it is read or refused', () => {
  let folder: string;
  let warn: typeof console.warn;
  beforeAll(async () => {
    await openBackend('cpu');
    warn = console.warn;
    console.warn = () => undefined; // a spy would keep every message of 100,000 inputs
    folder = mkdtempSync(join(tmpdir(), 'sequitur-fuzz-'));
  });
  afterAll(() => {
    console.warn = warn;
    rmSync(folder, { recursive: true });
  });

  /** Runs a reader; some of the inputs must be read, and some refused. */
  const holds = <T>(title: string, usual: number, open: () => FuzzedReader<T> | Promise<FuzzedReader<T>>) =>
    it(title, { timeout: 20_000_000 }, async () => {
      const { read, refused } = await fuzz(await open(), usual);
      expect(Math.min(read, refused), 'neither everything nor nothing is refused').toBeGreaterThan(0);
    });

  const safetensors = ['gpt2-lm', 'mamba', 'gpt2-lm-f16', 'gpt2-lm-bf16'].map(
    (name) => filesOf(name).get('model.safetensors')!,
  );
  holds('safetensors', 400, () => ({
    name: 'safetensors',
    draw: (random) => damageSafetensors(pick(random, safetensors), random),
    bytesIn: (bytes) => bytes.length,
    read: async (bytes) => {
      const file = await SafetensorsFile.open(blobFile(asFile('model.safetensors', bytes), 'model.safetensors'));
      for (const name of [...file.tensors.keys()].slice(0, 3)) await file.read(name);
    },
  }));

  /** From a folder of the disk, whose files are opened and closed. */
  const opened = async (files: FolderFiles) => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    (await Auto.fromPretrained(folder, { models, warn: () => undefined })).dispose();
  };

  const sharded = ['gpt2-lm-sharded', 't5-sharded', 'bert-pretraining-sharded'].map(filesOf);
  holds('the index of sharded weights', 120, () => ({
    name: 'index',
    draw: (random) => damaged(pick(random, sharded), 'model.safetensors.index.json', random),
    bytesIn,
    modelBytes: MIB,
    read: opened,
  }));
  holds('weights in a folder', 120, () => ({
    name: 'weights',
    draw: (random) =>
      damaged(pick(random, [filesOf('gpt2-lm'), filesOf('llama'), filesOf('bart')]), 'model.safetensors', random),
    bytesIn,
    modelBytes: MIB,
    read: opened,
  }));

  const families = fixtureFolders.filter((name) => {
    const files = readdirSync(join(fixtures, name));
    return files.includes('config.json') && files.includes('model.safetensors');
  });
  const folders = new Map<string, FolderFiles>();
  const filesIn = (name: string) => folders.get(name) ?? folders.set(name, filesOf(name)).get(name)!;
  holds('the configuration of every family', 250, () => ({
    name: 'config',
    draw: (random) => damaged(filesIn(pick(random, families)), 'config.json', random),
    bytesIn,
    modelBytes: 4 * MIB,
    read: async (files) => (await Auto.fromPretrained(sourceOf(files), { models, warn: () => undefined })).dispose(),
  }));

  const settings = fixtureFolders
    .flatMap((name) => readdirSync(join(fixtures, name)).map((file) => join(fixtures, name, file)))
    .filter((path) => path.endsWith('generation_config.hf.json'))
    .map((path) => new Uint8Array(readFileSync(path)));
  const everySetting = new TextEncoder().encode(
    JSON.stringify({
      ...{ do_sample: true, temperature: 0.7, top_k: 5, top_p: 0.9, min_p: 0.05, typical_p: 0.9, num_beams: 2 },
      ...{ bad_words_ids: [[5], [6, 7]], repetition_penalty: 1.2, no_repeat_ngram_size: 3, length_penalty: 0.8 },
      ...{ early_stopping: true, min_new_tokens: 1, max_new_tokens: 3, eos_token_id: [1, 2], pad_token_id: 0 },
      ...{ forced_bos_token_id: 3, forced_eos_token_id: 4, suppress_tokens: [8], begin_suppress_tokens: [9] },
      ...{ exponential_decay_length_penalty: [2, 1.1], num_return_sequences: 1, encoder_repetition_penalty: 1 },
    }),
  );
  holds('settings of generation', 250, () => {
    const model = Gpt.create(size, { seed: 1 });
    return {
      name: 'generation settings',
      draw: (random) => damageJson(pick(random, [everySetting, pick(random, settings)]), random),
      bytesIn: (bytes) => bytes.length,
      modelBytes: MIB,
      read: async (bytes) => {
        const given = parseJson(new TextDecoder().decode(bytes), 'generation_config.json') as Record<string, unknown>;
        const options = readGenerationSettings(given, { length: 3 });
        await generateSequences(model, [[1, 2, 3]], { seed: 1, ...options, maxTokens: 3 });
      },
    };
  });

  const statesOf = async () => {
    const readers = [
      Gpt.create(size, { seed: 1 }),
      Mamba.create({ vocabularySize: 23, width: 8, depth: 2, stateSize: 3 }, { seed: 1 }),
    ];
    return Promise.all(
      readers.map(async (model) => {
        const state = scoped(
          () => model.step(tokenTensor([[1, 2, 3, 4]], 23), model.initState(1) as never).state,
        ) as StateTree;
        const saved = await serialize(state);
        disposeState(state);
        const read = (tokens: Tensor2D, from: StateTree) => model.step(tokens, from as never);
        return { saved, read };
      }),
    );
  };
  holds('states of models', 400, async () => {
    const states = await statesOf();
    return {
      name: 'states',
      draw: (random) => {
        const { saved, read } = pick(random, states);
        return { saved: changed(saved, random, 0) as SerializedState, read };
      },
      bytesIn: () => 1e5,
      modelBytes: MIB,
      read: async ({ saved, read }) => {
        const state = deserialize(saved);
        try {
          scoped(() => read(tokenTensor([[5, 6]], 23), state).logits).dispose();
        } finally {
          disposeState(state);
        }
      },
    };
  });

  holds('checkpoints of a training run', 150, async () => {
    const sink = filesSink();
    const kept = { source: filesSource([]), sink };
    const first = Gpt.create(size, { seed: 1 });
    const run = (model: Gpt, steps: number, checkpoints: CheckpointOptions) => {
      const optimizer = adamW({ learningRate: 1e-3 });
      return drained(train(model, batches, { steps, optimizer, checkpoints, seed: 2 })).finally(() =>
        optimizer.dispose(),
      );
    };
    await run(first, 2, { folder: kept, every: 1, keep: 2 });
    first.dispose();
    const files = await filesOfSink(sink);
    return {
      name: 'checkpoints',
      draw: (random) => damaged(files, pick(random, [...files.keys()]), random),
      bytesIn,
      modelBytes: MIB,
      read: async (given) => {
        const model = Gpt.create(size, { seed: 1 });
        const folder = { source: sourceOf(given), sink: filesSink() };
        await run(model, 3, { folder, every: 10 }).finally(() => model.dispose());
      },
    };
  });

  holds('adapters', 150, async () => {
    const base = await Gpt.fromPretrained(join(fixtures, 'gpt2-lm'));
    const rules = weightRules(base);
    const lora = peftLora(base, rules, { rank: 2 });
    const sink = filesSink();
    await saveLora(base, lora, rules, sink);
    lora.remove();
    const files = await filesOfSink(sink);
    return {
      name: 'adapters',
      draw: (random) => damaged(files, pick(random, [...files.keys()]), random),
      bytesIn,
      modelBytes: MIB,
      read: async (given) => (await loadLora(base, rules, sourceOf(given))).remove(),
    };
  });
});

const size = { vocabularySize: 23, contextLength: 24, width: 8, depth: 2, heads: 2 };
const batches = Array.from({ length: 4 }, () => ({ inputs: [[1, 2, 3]], labels: [[2, 3, 4]] }));

async function filesOfSink({ files }: ReturnType<typeof filesSink>): Promise<FolderFiles> {
  const read = async (file: File) => [file.name, new Uint8Array(await file.arrayBuffer())] as const;
  return new Map(await Promise.all(files.map(read)));
}

async function drained(run: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of run) {
    // what a run tells is not of interest
  }
}
