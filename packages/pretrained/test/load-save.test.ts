import { initialize, Linear, Module, openBackend, parametersOf } from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  filesSink,
  filesSource,
  loadWeights,
  openCheckpoint,
  rule,
  saveWeights,
  sideBySide,
  transposed,
} from '../src/index.js';

class Attention extends Module {
  readonly query = new Linear(2, 3);
  readonly key = new Linear(2, 3);
}

class Model extends Module {
  readonly layers = [new Attention(), new Attention()];
  readonly head = new Linear(3, 4, { bias: false });
}

const parts = (name: string) => ['query', 'key'].map((part) => `layers.{i}.${part}.${name}`);
const RULES = [
  rule('h.{i}.attn.weight', parts('weight'), sideBySide),
  rule('h.{i}.attn.bias', parts('bias'), sideBySide),
  rule('lm_head.weight', 'head.weight', transposed),
];

beforeAll(() => openBackend('cpu'));
const made: Module[] = [];
afterEach(() => {
  for (const module of made.splice(0)) module.dispose();
});
const make = (seed: number) => {
  const model = initialize(new Model(), seed);
  made.push(model);
  return model;
};

async function saved(model: Module, maxShardBytes?: number): Promise<File[]> {
  const sink = filesSink();
  await saveWeights(model, sink, RULES, maxShardBytes ? { maxShardBytes } : {});
  return sink.files;
}

for (const [what, bytes, files] of [
  ['one file', undefined, ['model.safetensors']],
  [
    'several files with an index',
    80,
    [
      'model-00001-of-00003.safetensors',
      'model-00002-of-00003.safetensors',
      'model-00003-of-00003.safetensors',
      'model.safetensors.index.json',
    ],
  ],
] as const) {
  it(`saves into ${what} under the names of the checkpoint, and loads the same values`, async () => {
    const model = make(1);
    const written = await saved(model, bytes);
    expect(written.map((file) => file.name).sort()).toEqual(files);
    const checkpoint = await openCheckpoint(filesSource(written));
    expect([...checkpoint.tensors.keys()].sort()).toEqual([
      'h.0.attn.bias',
      'h.0.attn.weight',
      'h.1.attn.bias',
      'h.1.attn.weight',
      'lm_head.weight',
    ]);
    expect(checkpoint.tensors.get('lm_head.weight')!.shape).toEqual([4, 3]);
    const again = make(2);
    const seen: string[] = [];
    await loadWeights(again, checkpoint, RULES, { onProgress: ({ tensor }) => seen.push(tensor) });
    expect(seen.length).toBe(5);
    for (const [path, parameter] of parametersOf(model)) {
      expect(await parametersOf(again).get(path)!.read(), path).toEqual(await parameter.read());
    }
  });
}

it('lists everything missing, unexpected and misshapen in one error, and changes nothing', async () => {
  class Other extends Model {
    readonly extra = new Linear(3, 4);
    override readonly head = new Linear(3, 5, { bias: false });
  }
  const files = await saved(make(1));
  const other = initialize(new Other(), 3);
  made.push(other);
  const before = await other.head.weight.read();
  const rules = [...RULES.slice(1), rule('extra.{i}', 'extra.weight{i}'), rule('extra.weight', 'extra.weight')];
  const load = loadWeights(other, await openCheckpoint(filesSource(files)), rules);
  await expect(load).rejects.toThrow(/no rule gives parameter layers\.0\.query\.weight/);
  await load.catch((error: Error) => {
    expect(error.message).toMatch(/no rule gives parameter extra\.bias/);
    expect(error.message).toMatch(/missing: extra\.weight \[3, 4\]/);
    expect(error.message).toMatch(/misshapen: lm_head\.weight \[4, 3\], not \[5, 3\]/);
    expect(error.message).toMatch(/unexpected: h\.1\.attn\.weight/);
  });
  expect(await other.head.weight.read()).toEqual(before);
});

it('ignores what it is told to by name, and is given up when told to', async () => {
  const files = await saved(make(1));
  class Head extends Module {
    readonly head = new Linear(3, 4, { bias: false });
  }
  const head = initialize(new Head(), 1);
  made.push(head);
  const checkpoint = await openCheckpoint(filesSource(files));
  const ignore = ['h.{i}.attn.weight', 'h.{i}.attn.bias'];
  await loadWeights(head, checkpoint, [RULES[2]!], { ignore });
  const signal = AbortSignal.abort();
  await expect(loadWeights(head, checkpoint, [RULES[2]!], { ignore, signal })).rejects.toThrow(/abort/i);
});

it('refuses an index that leads astray, shards that are missing, and pickles', async () => {
  const index = (map: unknown) =>
    filesSource([new File([JSON.stringify({ weight_map: map })], 'model.safetensors.index.json')]);
  await expect(openCheckpoint(index({ a: '../../etc/passwd' }))).rejects.toThrow(/plain file names/);
  await expect(openCheckpoint(index({ a: 'one.safetensors' }))).rejects.toThrow(/no one\.safetensors/);
  await expect(openCheckpoint(index([]))).rejects.toThrow(/no weight_map/);
  const pickle = filesSource([new File(['x'], 'pytorch_model.bin')]);
  await expect(openCheckpoint(pickle)).rejects.toThrow(/a pickle.*safe_serialization=True/s);
  await expect(openCheckpoint(filesSource([]))).rejects.toThrow(/got none/);
});

it('leaves no tensors behind', async () => {
  const before = memory().numTensors;
  const model = make(1);
  const files = await saved(model, 80);
  await loadWeights(model, await openCheckpoint(filesSource(files)), RULES);
  model.dispose();
  expect(memory().numTensors).toBe(before);
});
