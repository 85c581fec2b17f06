import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend } from '@sequitur/core';
import { Gpt, jinjaTemplate } from '@sequitur/gpt';
import { trainByteLevelTokenizer } from '@sequitur/text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeDialogue } from '../dialogue-batches.js';
import { type Dialogue, readDialogues } from '../dialogues.js';
import { answerOf } from '../evaluate.js';
import { SPECIAL_TOKENS, TEMPLATE } from '../template.js';
import { trainChat } from '../train-chat.js';
import { spokenWords, wordDialogues } from '../word-dialogues.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-'));
});
afterAll(() => rm(folder, { recursive: true }));

const dialogue = (...turns: string[]): Dialogue =>
  turns.map((content, index) => ({ role: index % 2 ? 'assistant' : 'user', content }));

describe('dialogues', () => {
  it.each([
    ['no JSON', '{"messages": [}\n', /line 1: expected a JSON object/],
    ['no messages', '{"messages": [{"role": "user", "content": "a"}]}\n', /line 1: expected .*answer of the assistant/],
    ['an unknown role', '\n{"messages": [{"role": "judge", "content": "a"}]}\n', /line 2/],
  ])('are refused with the line: %s', async (_, content, message) => {
    const file = join(folder, 'some.jsonl');
    await writeFile(file, content);
    await expect(readDialogues(file)).rejects.toThrow(message);
  });

  it("have labels for the assistant's tokens, including the end of each answer", async () => {
    const tokenizer = await trainByteLevelTokenizer('say it', { vocabularySize: 262, specialTokens: SPECIAL_TOKENS });
    const template = jinjaTemplate(TEMPLATE);
    const { inputs, labels } = encodeDialogue(dialogue('say', 'it', 'it', 'say'), { tokenizer, template, length: 99 });
    expect(tokenizer.decode(inputs, { skipSpecialTokens: false })).toBe(
      '<|user|>say<|end|><|assistant|>it<|end|><|user|>it<|end|><|assistant|>say',
    );
    const result = labels.filter((label) => label !== -100);
    expect(tokenizer.decode(result, { skipSpecialTokens: false })).toBe('it<|end|>say<|end|>');
    expect(labels.every((label, index) => label === -100 || label === (inputs[index + 1] ?? 0))).toBe(true);
  });

  it('about words hold out some words, and ask about the previous word', () => {
    const { training, test } = spokenWords('1');
    expect(training.length).toBeGreaterThan(20_000);
    const known = new Set(training.map(({ word }) => word));
    expect(test.filter(({ word }) => known.has(word))).toEqual([]);
    const [first] = training;
    const turns = wordDialogues([first!], 50, '1').flat();
    expect(turns.some(({ content }) => content.includes(first!.word))).toBe(true);
    expect(turns.some(({ role, content }) => role === 'assistant' && content === String(first!.syllables))).toBe(true);
  });
});

it('learns to answer, and saves a chat model with its template', async () => {
  await openBackend(['wasm', 'cpu']);
  const dialogues = ['red', 'blue', 'green'].flatMap((colour) => [
    dialogue(`Is ${colour} nice?`, `${colour}, yes.`, 'What was it?', colour),
    dialogue(`Name ${colour}.`, colour),
  ]);
  const recipe = {
    shape: { width: 32, depth: 2, heads: 2, hiddenWidth: 64, contextLength: 64 },
    ...{ vocabularySize: 300, batchSize: 6, peakRate: 1e-2 },
  };
  const options = { limit: { steps: 120 }, folder, seed: '1', resume: false };
  await trainChat({ training: dialogues, validation: dialogues.slice(0, 2) }, recipe, options);
  const model = await Gpt.fromPretrained(join(folder, 'model'));
  const conversation = model.chat();
  expect(await answerOf(conversation, 'Is blue nice?')).toBe('blue, yes.');
  expect(await answerOf(conversation, 'What was it?')).toBe('blue');
  expect(conversation.messages).toHaveLength(4);
  conversation.dispose();
  model.dispose();
});
