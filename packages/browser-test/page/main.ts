import { type BackendName, openBackend } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { Gpt } from '@sequitur/gpt';
import { CharacterTokenizer, randomWindows } from '@sequitur/text';
import { adamW, train } from '@sequitur/train';
import { matMul, ones, sum } from '@tensorflow/tfjs-core';
import type { PageResult } from '../src/page-result.js';

// Trains a tiny GPT on a repeated phrase, on the backend that the URL names, then generates.

const TEXT = 'ponder, '.repeat(60);

async function run(): Promise<PageResult> {
  const name = new URLSearchParams(location.search).get('backend') as BackendName;
  const backend = await openBackend(name, { allowSoftwareAdapter: true, threads: 2 });
  const tokenizer = CharacterTokenizer.fromText(TEXT);
  const config = { vocabularySize: tokenizer.vocabularySize, contextLength: 16, width: 32, depth: 1, heads: 2 };
  const model = Gpt.create(config, { seed: 1, tokenizer });
  const losses: number[] = [];
  const optimizer = adamW({ learningRate: 1e-2 });
  const data = randomWindows(tokenizer.encode(TEXT), { length: 12, batchSize: 4, seed: 1 });
  for await (const { loss } of train(model, data, { optimizer, steps: 40 })) losses.push(loss);
  const written: number[] = [];
  for await (const [token] of generate(model, [tokenizer.encode('pon')], { maxTokens: 8 })) written.push(token!);
  const files: File[] = [];
  await model.savePretrained({
    name: 'files in memory',
    write: async (path, chunks) => {
      const parts: BlobPart[] = [];
      for await (const chunk of chunks) parts.push(chunk.slice() as BlobPart);
      files.push(new File(parts, path));
    },
  });
  const again = await Gpt.fromPretrained(files);
  let same = '';
  for await (const piece of again.complete('pon', { maxTokens: 8 })) same += piece;
  await backend.sync();
  return {
    backend: backend.name,
    threads: backend.capabilities.threads,
    sumOfProduct: (await sum(matMul(ones([300, 300]), ones([300, 300]))).data())[0]!,
    firstLoss: losses[0]!,
    lastLoss: losses.at(-1)!,
    written: tokenizer.decode(written),
    writtenByLoaded: same,
    files: files.map((file) => file.name),
    hasNodeGlobals: 'process' in globalThis || 'Buffer' in globalThis,
  };
}

run()
  .catch((error: unknown) => ({ error: String(error) }))
  .then((result) => {
    Object.assign(globalThis, { result });
    document.documentElement.dataset.done = '';
  });
