import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Pattern, sees } from '@sequitur/attention';
import { openBackend } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { folderSource, SafetensorsFile } from '@sequitur/pretrained';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets, specOf } from '../src/architectures/index.js';
import type { Engine } from '../src/protocol/index.js';
import type { Inside } from '../src/protocol/inside.js';
import type { Recipe } from '../src/protocol/recipe.js';
import { lookIntoCausal } from '../src/worker/inside/causal.js';
import type { Tokenizer } from '../src/worker/packages.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

const golden = fileURLToPath(new URL('../../../packages/conformance/fixtures/llama', import.meta.url));
/** Numbers as words, for fixtures that have no tokenizer. */
const numbers = {
  encode: (text: string) => text.split(' ').map(Number),
  decode: (ids: readonly number[]) => ids.map((id) => ` ${id}`).join(''),
} as unknown as Tokenizer;

const recipe: Recipe = {
  data: { kind: 'text', text: 'moby-dick', tokens: 'characters' },
  ...{ budget: { unit: 'steps', amount: 3 }, batchSize: 2, length: 16, optimizer: 'adamw', learningRate: 1e-3 },
  ...{ schedule: 'constant', seed: 1 },
};

describe('looking inside, against the goldens of PyTorch', () => {
  it('maps equal the attentions, the lens ends in the logits, norms are those of the hidden states', async () => {
    await openBackend(['cpu']);
    const model = await Gpt.fromPretrained(folderSource(golden));
    const before = memory().numTensors;
    const { inputs } = JSON.parse(await readFile(`${golden}/inputs.json`, 'utf8'));
    const ids = inputs.input_ids[0] as number[];
    const opened = { model, tokenizer: numbers, family: 'dense', endTokens: [] } as const;
    const inside = await lookIntoCausal(opened, ids.join(' '));
    expect(memory().numTensors).toBe(before);
    const file = (await folderSource(golden).open('expected.safetensors'))!;
    const stored = await SafetensorsFile.open(file);
    const expected = async (name: string) => Array.from((await stored.read(name)).values as Float32Array);

    expect(inside.texts[0]!.tokens).toEqual(ids.map((id) => ` ${id}`));
    expect(inside.maps).toHaveLength(2);
    for (const [layer, { weights, heads, mean }] of inside.maps.entries()) {
      const first = (await expected(`attentions.${layer}`)).slice(0, heads * ids.length ** 2);
      expect(difference(weights, first)).toBeLessThan(1e-5);
      const size = ids.length ** 2;
      const byHand = Array.from({ length: size }, (_, cell) => {
        return Array.from({ length: heads }, (_, head) => first[head * size + cell]!).reduce((a, b) => a + b) / heads;
      });
      expect(difference(mean, byHand)).toBeLessThan(1e-5);
    }
    const logits = (await expected('logits')).slice(0, ids.length * model.vocabularySize);
    const shares = softmax(logits.slice(-model.vocabularySize));
    const told = inside.lens!.guesses.at(-1)!.at(-1)!;
    expect(told.map(({ text }) => Number(text))).toEqual(
      [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, told.length),
    );
    for (const { text, probability } of told) expect(probability).toBeCloseTo(shares[Number(text)]!, 5);
    const states = (await expected('hidden_states.1')).slice(0, ids.length * model.width);
    expect(inside.residual!.norms[ids.length]).toBeCloseTo(Math.hypot(...states.slice(0, model.width)), 3);
    await file.close?.();
    model.dispose();
  });
});

describe('the drawer’s answers of the worker', () => {
  let engine: Engine;
  let close: () => void;
  beforeAll(() => {
    ({ engine, close } = connect(memoryStore()));
  });
  afterAll(() => close());

  async function trained(name: string, settings?: Record<string, string | number>): Promise<Inside> {
    const spec = specOf(presets.find((preset) => preset.name === name)!, 16);
    const blocks = spec.blocks.slice(0, 2).map((block) => ({ ...block, settings: { ...block.settings, ...settings } }));
    const { id } = await engine.call('train.start', { spec: { ...spec, blocks }, recipe });
    await new Promise<void>((resolve) => {
      const stop = engine.on('train.progress', (progress) => {
        if (progress.id !== id || progress.info.status === 'running') return;
        stop();
        resolve();
      });
    });
    return engine.call('inside.read', { ref: `run:${id}`, text: 'Call me Ishmael. Some years ago' });
  }

  it('shows the pattern that a designed model trains with', async () => {
    const pattern: Pattern = {
      kind: 'both',
      patterns: [
        { kind: 'causal' },
        {
          kind: 'either',
          patterns: [
            { kind: 'slidingWindow', left: 2, right: 0 },
            { kind: 'globalTokens', positions: [0] },
          ],
        },
      ],
    };
    const { blocks, maps, texts, family } = await trained('GPT', {
      heads: 2,
      pattern: 'designed',
      design: JSON.stringify(pattern),
    });
    expect(blocks.map((block) => block.pattern)).toEqual([pattern, pattern]);
    expect(family).toBe('sparse');
    const length = texts[0]!.tokens.length;
    for (let query = 0; query < length; query++) {
      for (let key = 0; key < length; key++) {
        expect(maps[0]!.weights[query * length + key]! > 0).toBe(sees(pattern, query, key));
      }
    }
  });

  it('shows step sizes, norms and implied attention of a state space', async () => {
    const { stateSpaces, maps, memory: kept } = await trained('Mamba');
    const length = 31;
    expect(maps).toEqual([]);
    expect(stateSpaces).toHaveLength(2);
    for (const { stepSizes, norms, attention } of stateSpaces) {
      expect([stepSizes!.length, norms!.length, attention!.length]).toEqual([length, length, length ** 2]);
      expect(stepSizes!.every((step) => step > 0)).toBe(true);
      expect(attention![1]).toBe(0);
    }
    const { segments, blocks } = kept!;
    expect(segments.join('')).toBe('Call me Ishmael. Some years ago');
    // The norm after the last segment is the one that the scan itself tells.
    expect(blocks[0]!.norms.at(-1)).toBeCloseTo(stateSpaces[0]!.norms!.at(-1)!, 4);
    expect(blocks[0]!.likeness[0]).toBeCloseTo(1, 5);
  });

  it('follows a memory from segment to segment, and maps what each segment sees', async () => {
    const { memory: kept, maps } = await trained('Infini-attention', { heads: 2, segmentLength: 8 });
    expect(kept!.segments.map(({ length }) => length)).toEqual([8, 8, 8, 7]);
    // The gates begin at one half, and three steps have hardly moved them.
    expect(Array.from(kept!.blocks[0]!.shares!)).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.5, 2)]);
    const row = maps[0]!.weights.slice(9 * 31, 10 * 31);
    expect(row.slice(0, 8).every((weight) => weight === 0)).toBe(true);
    expect(row.slice(8, 10).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  it('looks into what reads: an encoder sees both sides, a translator its source', async () => {
    const encoder = await engine.call('inside.read', { ref: 'read:intents', text: 'play some jazz' });
    expect(encoder.family).toBe('encoder');
    const { weights, mean, rollOut } = encoder.maps[0]!;
    const length = encoder.texts[0]!.tokens.length;
    expect(weights[1]).toBeGreaterThan(0);
    expect(mean.slice(0, length).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    expect(rollOut!.slice(0, length).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    const translator = await engine.call('inside.read', { ref: 'read:pronounce', text: 'night' });
    const cross = translator.maps.find(({ label }) => label === 'cross 1')!;
    const [source, target] = translator.texts.map(({ tokens }) => tokens.length);
    expect(cross.mean).toHaveLength(source! * target!);
    expect(cross.mean.slice(0, source).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
  });
});

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
