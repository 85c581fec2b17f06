import { type Backend, type CausalModel, openBackend, tokenTensor } from '@sequitur/core';
import {
  type GeneratedSequence,
  type GenerateOptions,
  generate,
  generateSequences,
  generateSteps,
} from '@sequitur/generation';
import { onEachBackend } from '@sequitur/laws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Gpt, type Gpt2Config } from '../../src/index.js';

const config: Gpt2Config = {
  ...{ vocabularySize: 11, contextLength: 24, width: 16, depth: 2, heads: 4 },
  initializerRange: 0.5,
};
const prompts = [[1, 2, 3, 4, 5], [6], [7, 8, 9]];

/** Every way to generate, with the options that make it do its work. */
const strategies: Readonly<Record<string, (draft: CausalModel) => GenerateOptions>> = {
  greedy: () => ({}),
  sampling: () => ({ temperature: 0.9, topK: 6, topP: 0.95, seed: 4, sequences: 2 }),
  beams: () => ({ beamSearch: { beams: 4 }, sequences: 2, endTokens: [3] }),
  'diverse beams': () => ({ beamSearch: { beams: 4, groups: 2, diversityPenalty: 0.7 }, endTokens: [3] }),
  'sampled beams': () => ({ beamSearch: { beams: 3 }, temperature: 1.1, endTokens: [3] }),
  contrastive: () => ({ contrastive: { candidates: 4, penalty: 0.6 } }),
  'prompt lookup': () => ({ speculation: {} }),
  'draft model': (draft) => ({ speculation: { draft, tokens: 3 } }),
};

onEachBackend('generation', (name) => {
  let backend: Backend;
  let model: Gpt;
  let draft: Gpt;
  beforeEach(async () => {
    backend = await openBackend(name);
    model = Gpt.create(config, { seed: 5 });
    draft = Gpt.create({ ...config, depth: 1 }, { seed: 6 });
  });
  afterEach(() => {
    model.dispose();
    draft.dispose();
  });

  it('searches ragged prompts together as it searches each alone', async () => {
    for (const beamSearch of [
      { beams: 4 },
      { beams: 3, lengthPenalty: 0.6, earlyStopping: 'never' as const },
      { beams: 4, groups: 2, diversityPenalty: 0.8, earlyStopping: true },
    ]) {
      const options = { beamSearch, sequences: 2, endTokens: [3, 10], maxTokens: 7, noRepeatNgram: 3 };
      const together = await generateSequences(model, prompts, options);
      for (const [index, prompt] of prompts.entries()) {
        const [alone] = await generateSequences(model, [prompt], options);
        expect(together[index]!.map(({ tokens, finish }) => [tokens, finish])).toEqual(
          alone!.map(({ tokens, finish }) => [tokens, finish]),
        );
        for (const [place, { score }] of alone!.entries())
          expect(together[index]![place]!.score).toBeCloseTo(score!, 4);
      }
    }
  });

  it('gives the log-probabilities of what it writes, as one look at the whole text shows them', async () => {
    for (const [title, options] of Object.entries(strategies)) {
      const asked = { ...options(draft), maxTokens: 5, logProbabilities: true };
      const text = await firstText(model, prompts[0]!, asked);
      const whole = [...prompts[0]!, ...text.tokens];
      const expected = await logProbabilitiesOf(model, whole);
      expect(text.logProbabilities!.length, title).toBe(text.tokens.length);
      for (const [place, found] of text.logProbabilities!.entries()) {
        expect(found, title).toBeCloseTo(expected[prompts[0]!.length + place - 1]!, 3);
      }
    }
  });

  describe('a loop that is left early', () => {
    for (const [title, options] of Object.entries(strategies)) {
      it(`frees everything: ${title}`, async () => {
        const before = backend.memory().tensors;
        const start = (more: GenerateOptions = {}) =>
          generate(model, prompts, { ...options(draft), maxTokens: 6, ...more });
        for await (const _ of start()) break;
        expect(backend.memory().tensors, 'after break').toBe(before);
        await expect(async () => {
          for await (const _ of start()) throw new Error('of the consumer');
        }).rejects.toThrow('of the consumer');
        expect(backend.memory().tensors, 'after an error').toBe(before);
        const controller = new AbortController();
        await expect(async () => {
          let count = 0;
          const processors = [() => void (++count === 5 && controller.abort())];
          for await (const _ of start({ signal: controller.signal, processors }));
          controller.signal.throwIfAborted();
        }).rejects.toThrow('abort');
        expect(backend.memory().tensors, 'after an abort').toBe(before);
        for await (const _ of start());
        expect(backend.memory().tensors, 'at the end').toBe(before);
      });
    }
  });

  it('stops at strings, ends, lengths and the full context, and says which', async () => {
    const decode = (tokens: readonly number[]) => tokens.map((token) => String.fromCharCode(97 + token)).join('');
    const free = await firstText(model, [1], { maxTokens: 12 });
    const written = decode(free.tokens);
    const stop = { strings: [written.slice(3, 5)], decode };
    const stopped = await firstText(model, [1], { maxTokens: 12, stop });
    expect(stopped.finish).toBe('stop');
    expect(decode(stopped.tokens)).toBe(written.slice(0, written.indexOf(stop.strings[0]!) + 2));
    const finishes = async (options: GenerateOptions) => (await firstText(model, [1], options)).finish;
    expect(await finishes({ maxTokens: 12, endTokens: [free.tokens[2]!] })).toBe('end');
    expect(await finishes({ maxLength: 4 })).toBe('length');
    expect(await finishes({ maxTokens: 100 })).toBe('context');
    const steps: unknown[] = [];
    for await (const step of generateSteps(model, [[1], [2]], { maxTokens: 2, sequences: 2 })) steps.push(step);
    expect(steps).toHaveLength(2);
    expect((steps[0] as { tokens: number[] }).tokens).toHaveLength(4);
  });
});

/** log p of every token of the text but the first, given those before it. */
async function logProbabilitiesOf(model: CausalModel, text: readonly number[]): Promise<number[]> {
  const { logSoftmax, tidy } = await import('@tensorflow/tfjs-core');
  const tokens = tokenTensor([text], model.vocabularySize);
  const logs = tidy(() => logSoftmax(model.step(tokens, model.initState(1)).logits));
  const rows = (await logs.array()) as number[][][];
  tokens.dispose();
  logs.dispose();
  return text.slice(1).map((token, place) => rows[0]![place]![token]!);
}

async function firstText(
  model: CausalModel,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<GeneratedSequence> {
  return (await generateSequences(model, [prompt], options))[0]![0]!;
}
