import { openBackend } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { CharacterTokenizer } from '@sequitur/text';
import { generateText, jsonSchema, type ModelMessage, streamText, tool } from 'ai';
import { beforeAll, describe, expect, it } from 'vitest';
import { sequitur } from '../src/index.js';

const template = '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>';
const tokenizer = CharacterTokenizer.fromText('abcdefghijklmnopqrstuvwxyz <>?');
const size = { vocabularySize: tokenizer.vocabularySize, contextLength: 256, width: 16, depth: 1, heads: 2 };
const user = (content: string): ModelMessage => ({ role: 'user', content });
let model: Gpt;

beforeAll(async () => {
  await openBackend('cpu');
  model = Gpt.create(size, { tokenizer, seed: 3 });
});

async function said(question: string): Promise<string> {
  const chat = model.chat({ template, messages: [{ role: 'system', content: 'be brief' }] });
  let answer = '';
  for await (const piece of chat.say(question, { maxTokens: 6 })) answer += piece;
  chat.dispose();
  return answer;
}

describe('a model in the AI SDK', () => {
  it('writes what it writes in a chat, streamed and at once', async () => {
    const call = { model: sequitur(model, { template }), system: 'be brief', prompt: 'why?', maxOutputTokens: 6 };
    const streamed = streamText(call);
    const pieces: string[] = [];
    for await (const piece of streamed.textStream) pieces.push(piece);
    const { text, finishReason, usage } = await generateText(call);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(await said('why?'));
    expect(text).toBe(pieces.join(''));
    expect(finishReason).toBe('length');
    expect(usage).toMatchObject({ inputTokens: '<system>be brief<user>why?<assistant>'.length, outputTokens: 6 });
  });

  it('reads only what is new of a conversation that goes on', async () => {
    const language = sequitur(model, { template });
    const first = await generateText({ model: language, messages: [user('why?')], maxOutputTokens: 4 });
    const answered: ModelMessage[] = [user('why?'), { role: 'assistant', content: first.text }, user('how?')];
    const second = await generateText({ model: language, messages: answered, maxOutputTokens: 4 });
    const fresh = sequitur(model, { template });
    const whole = await generateText({ model: fresh, messages: answered, maxOutputTokens: 4 });
    expect(second.usage.inputTokenDetails.cacheReadTokens).toBeGreaterThan(20);
    expect(whole.usage.inputTokenDetails.cacheReadTokens).toBe(0);
    expect(second.text).toBe(whole.text);
  });

  it('ends when it is aborted, and can be called again', async () => {
    const language = sequitur(model, { template });
    const controller = new AbortController();
    const pieces: string[] = [];
    let aborted = false;
    const result = streamText({
      ...{ model: language, prompt: 'why?', maxOutputTokens: 200, abortSignal: controller.signal },
      onAbort: () => {
        aborted = true;
      },
    });
    for await (const piece of result.textStream) if (pieces.push(piece) === 3) controller.abort();
    expect(aborted).toBe(true);
    expect(pieces.length).toBeLessThan(10);
    expect((await generateText({ model: language, prompt: 'why?', maxOutputTokens: 6 })).text).toHaveLength(6);
  });

  it('refuses tools, files and JSON', async () => {
    const call = { model: sequitur(model, { template }), maxRetries: 0 };
    const noop = tool({ description: 'nothing', inputSchema: jsonSchema({ type: 'object' }) });
    await expect(generateText({ ...call, prompt: 'why?', tools: { noop } as never })).rejects.toThrow(
      /expected no tools.*noop/s,
    );
    const image = { type: 'file' as const, data: new Uint8Array(3), mediaType: 'image/png' };
    await expect(generateText({ ...call, messages: [{ role: 'user', content: [image] }] })).rejects.toThrow(
      /expected parts of text.*file/s,
    );
    await expect(generateText({ ...call, messages: [{ role: 'assistant', content: 'so' }] })).rejects.toThrow(
      /ends with a message of the user/,
    );
  });
});
