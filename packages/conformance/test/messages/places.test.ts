import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bert } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import { Gpt, GptClassifier, llamaFamily, MemoryTransformerXl, RecurrentMemoryGpt, TransformerXl } from '@sequitur/gpt';
import { Mamba, Mamba2 } from '@sequitur/mamba';
import {
  Auto,
  filesSource,
  folderSink,
  folderSource,
  hubSource,
  openCheckpoint,
  openSink,
  openSource,
  readJsonObject,
  SafetensorsFile,
  saveTogether,
  saveWeights,
  urlSource,
  weightRules,
  writeFiles,
} from '@sequitur/pretrained';
import { byteTokenizer, openTokenizer, saveTokenizer } from '@sequitur/text';
import { adamW, CheckpointStore, train } from '@sequitur/train';
import { LanguageModel, loadLora, peftLora, readPeftConfig, SequenceToSequence, saveLora } from '@sequitur/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entries, expectRefused, failureOf, pairs, type Wrong } from './expect-refused.js';

const CONFIG = { vocabularySize: 12, contextLength: 16, width: 8, depth: 1, heads: 2, hiddenWidth: 16 };
const noFetch: typeof fetch = async () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
};
const offline = { fetch: noFetch };

const folder = await mkdtemp(join(tmpdir(), 'sequitur-places-'));
const at = (...names: string[]) => join(folder, ...names);
await writeFile(at('file'), 'x');
await symlink(at('circle'), at('circle'));
await mkdir(at('folders', 'config.json'), { recursive: true });
for (const name of ['adapter_config.json', 'tokenizer.json', 'model.safetensors'])
  await mkdir(at('folders', name), { recursive: true });
await mkdir(at('circles'));
for (const name of ['config.json', 'adapter_config.json', 'tokenizer.json', 'model.safetensors'])
  await symlink(at('circles', name), at('circles', name));

let model: Gpt;
beforeAll(async () => {
  await openBackend('cpu');
  model = Gpt.create(CONFIG as never, { family: llamaFamily as never, tokenizer: byteTokenizer() });
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true });
});

/** Whatever the entry, these are no place to read from. */
const nowhere: Wrong = {
  undefined: undefined,
  null: null,
  'an empty string': '',
  blanks: ' ',
  'a number': 5,
  'a boolean': true,
  'an object': {},
  'a list of numbers': [5],
  'open that is no function': { open: 5 },
  'an ftp: address': 'ftp://example.org/x',
  'a data: address': 'data:application/json,{}',
  'a blob: address': 'blob:nodedata:1',
  'a mail address': 'mailto:x@example.org',
  'an ftp: URL': new URL('ftp://example.org/x'),
  'a data: URL': new URL('data:application/json,{}'),
  'a blob: URL': new URL('blob:nodedata:1'),
  'a file: URL of another machine': new URL('file://other/x'),
  'http: without a server': 'http://',
  'an address with a space': 'https://exa mple/x',
  'a zero character': './a\0b',
  'a file': at('file'),
  'a circle of links': at('circle'),
  'folders in place of files': at('folders'),
  'circles in place of files': at('circles'),
  'a path that is too long': `./${'x'.repeat(5000)}`,
  'a connection that is refused': 'http://127.0.0.1:9/x',
  'a URL that is refused': new URL('http://127.0.0.1:9/'),
  'a repository that cannot be reached': 'nobody/nothing',
};

describe('a place to read from', () => {
  const options = offline as never;
  const readers: Entries = {
    'Gpt.fromPretrained': (place) => Gpt.fromPretrained(place, options),
    'GptClassifier.fromPretrained': (place) => GptClassifier.fromPretrained(place, options),
    'Bert.fromPretrained': (place) => Bert.fromPretrained(place, options),
    'SequenceToSequence.fromPretrained': (place) => SequenceToSequence.fromPretrained(place, options),
    'LanguageModel.fromPretrained': (place) => LanguageModel.fromPretrained(place, { ...offline, parts: [] }),
    'Mamba.fromPretrained': (place) => Mamba.fromPretrained(place, options),
    'Mamba2.fromPretrained': (place) => Mamba2.fromPretrained(place, options),
    'TransformerXl.fromPretrained': (place) => TransformerXl.fromPretrained(place, options),
    'MemoryTransformerXl.fromPretrained': (place) => MemoryTransformerXl.fromPretrained(place, options),
    'RecurrentMemoryGpt.fromPretrained': (place) => RecurrentMemoryGpt.fromPretrained(place, options),
    'Auto.fromPretrained': (place) => Auto.fromPretrained(place, { models: [Gpt, Bert], ...offline } as never),
    loadLora: (place) => loadLora(model, weightRules(model), place, options),
    openTokenizer: async (place) => openTokenizer(await openSource(place, options)),
    openCheckpoint: async (place) => openCheckpoint(await openSource(place, options)),
  };
  it.each(pairs(readers, nowhere))('%s', (_name, call) => expectRefused(call));

  it.each(pairs(readers, { 'a folder that is not there': './none', 'a file: address': 'file:///none' }))(
    '%s says that nothing is there',
    async (name, call) => {
      if (name.startsWith('openTokenizer')) expect(await failureOf(call)).toBeUndefined();
      else await expectRefused(call, /none|not/);
    },
  );

  const sources: Entries = {
    openTokenizer,
    openCheckpoint,
    readPeftConfig: (source) => readPeftConfig(source),
    readJsonObject: (source) => readJsonObject(source, 'config.json'),
    'SafetensorsFile.open': SafetensorsFile.open,
    filesSource,
    urlSource,
    folderSource: (path) => folderSource(path).open('config.json'),
    hubSource: (name) => hubSource(name, offline).open('config.json'),
  };
  const junk: Wrong = { undefined: undefined, null: null, 'a number': 5, 'an object': { x: 1 } };
  it.each(pairs(sources, junk))('%s', (_name, call) => expectRefused(call));
});

describe('a server', () => {
  it.each([500, 503, 418])('that answers %i gives one error', async (status) => {
    const server = createServer((_request, response) => response.writeHead(status).end('no'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    try {
      const error = await failureOf(() => Gpt.fromPretrained(`http://127.0.0.1:${port}/x`));
      expect(error).toMatchObject({ name: 'SequiturError' });
      expect(String(error)).toContain(String(status));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a place to write to', () => {
  const batches = [{ inputs: [[1, 2, 3]], labels: [[2, 3, 4]] }];
  const writers: Entries = {
    savePretrained: (place) => model.savePretrained(place),
    saveLora: async (place) => {
      const lora = peftLora(model, weightRules(model), { rank: 2 });
      try {
        await saveLora(model, lora, weightRules(model), place);
      } finally {
        lora.remove();
      }
    },
    saveTokenizer: async (place) => saveTokenizer(byteTokenizer(), openSink(place)),
    train: (place) =>
      train(model, batches, {
        ...{ optimizer: adamW({ learningRate: 1e-3 }), steps: 1 },
        checkpoints: { folder: place, every: 1 },
      }),
  };
  const never: Wrong = {
    undefined: undefined,
    null: null,
    'an empty string': '',
    blanks: ' ',
    'a number': 5,
    'an object': {},
    'a list': [],
    'write that is no function': { write: 5 },
    'an https: address': 'https://example.org/x',
    'an ftp: address': 'ftp://example.org/x',
    'a data: address': 'data:,x',
    'a file: address': 'file:///nowhere/x',
    'a URL': new URL('https://example.org'),
    'a zero character': './a\0b',
    'a file': at('file'),
    'a path below a file': at('file', 'x'),
    'a circle of links': at('circle'),
    'a name that is too long': at('x'.repeat(300)),
    'a device': '/dev/null',
    ...(existsSync('/proc/self') && { 'a folder in which nothing can be made': '/proc/x' }),
  };
  it.each(pairs(writers, never))('%s', async (_name, call) => {
    const before = await readdir(folder, { recursive: true });
    await expectRefused(call);
    expect(await readdir(folder, { recursive: true }), 'what was written').toEqual(before);
  });

  const sinks: Entries = {
    saveWeights: (sink) => saveWeights(model, sink, weightRules(model)),
    saveTogether: (sink) => saveTogether(sink, async () => {}, { replaces: () => false }),
    writeFiles: (sink) => writeFiles(sink, { a: 'x' }),
    folderSink: (path) => folderSink(path).write('a', []),
    'CheckpointStore.open': (place) => CheckpointStore.open(place),
  };
  it.each(pairs(sinks, { undefined: undefined, null: null, 'a number': 5, 'an object': {} }))('%s', (_name, call) =>
    expectRefused(call),
  );
});
