import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { slice, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conform } from '../src/conform.js';
import type { OperationCase } from '../src/ops/operation.js';
import { torchMultiheadAttention } from '../src/ops/torch-attention.js';

describe('a folder of tokenizer cases', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('finds its vocabulary in the sibling folder of models, whatever the working directory', async () => {
    const vocabulary = '[UNK]\n[CLS]\n[SEP]\n[PAD]\n[MASK]\nit\nfollows\n';
    const [models, folder] = [join(root, 'models/tokenizers/small'), join(root, 'golden/tokenizers/small')];
    for (const path of [models, folder]) await mkdir(path, { recursive: true });
    await writeFile(join(models, 'vocab.txt'), vocabulary);
    const sha256 = createHash('sha256').update(vocabulary).digest('hex');
    const cases = { cases: [{ text: 'It follows', ids: [5, 6] }], tokenizer_class: 'BertTokenizer', init: {} };
    await writeFile(join(folder, 'cases.json'), JSON.stringify({ ...cases, files_sha256: { 'vocab.txt': sha256 } }));
    expect(await conform(folder, { vocabularies: join(root, 'elsewhere') })).toMatchObject({ verdict: 'passed' });
  });
});

describe('torch.nn.MultiheadAttention', () => {
  beforeEach(() => openBackend('cpu'));

  it('attends to another sequence even if it is as long as the query', async () => {
    const random = Random.fromSeed('attention');
    const draw = (...shape: number[]) =>
      tensor(
        Array.from({ length: shape.reduce((size, count) => size * count, 1) }, () => random.normal()),
        shape,
      );
    const weights = {
      in_proj_weight: draw(24, 8),
      in_proj_bias: draw(24),
      'out_proj.weight': draw(8, 8),
      'out_proj.bias': draw(8),
    };
    const [query, key] = [draw(1, 3, 8), draw(1, 5, 8)];
    const hidden = tensor([0, 0, 0, 1, 1], [1, 5]);
    const longer = await outputOf({ query, key, key_padding_mask: hidden, ...weights });
    const asLong = await outputOf({ query, key: slice(key, [0, 0, 0], [1, 3, 8]), ...weights });
    expect(asLong).toHaveLength(24);
    for (const [index, value] of asLong.entries()) expect(value).toBeCloseTo(longer[index]!, 5);
  });

  async function outputOf(inputs: Record<string, Tensor>): Promise<number[]> {
    const given: Pick<OperationCase, 'input' | 'has' | 'attribute' | 'expects'> = {
      input: (name) => inputs[name]!,
      has: (name) => name in inputs,
      attribute: <T>(name: string) => (name === 'num_heads' ? 2 : undefined) as T | undefined,
      expects: () => true,
    };
    const { out } = (await torchMultiheadAttention(given as OperationCase))!;
    return [...(await out!.data())];
  }
});
