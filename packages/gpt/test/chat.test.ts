import { generate } from '@sequitur/generation';
import { onEachBackend } from '@sequitur/laws';
import { filesSink, filesSource } from '@sequitur/pretrained';
import { CharacterTokenizer, openTokenizer, saveTokenizer, trainByteLevelTokenizer } from '@sequitur/text';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Gpt, jinjaTemplate, llamaFamily, templateOf } from '../src/index.js';

const template = `{% for message in messages %}{{ message.role[0] }}:{{ message.content }}|{% endfor %}{% if add_generation_prompt %}a:{% endif %}`;
const tokenizer = new CharacterTokenizer([...'|:abcdefghisu ']);
const config = {
  ...{ vocabularySize: tokenizer.vocabularySize, contextLength: 90, width: 16, depth: 2, heads: 4, keyHeads: 2 },
  ...{ hiddenWidth: 24, endToken: tokenizer.encode('|')[0]! },
};

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

onEachBackend('a conversation', () => {
  it('feeds only what is new, and answers as if all were read anew', async () => {
    const model = Gpt.create(config, { seed: 4, family: llamaFamily, tokenizer });
    const before = memory().numTensors;
    const chat = model.chat({ template, messages: [{ role: 'system', content: 'be' }] });
    const read: number[] = [];
    const step = model.step.bind(model);
    model.step = (tokens, state, context) => {
      read.push(tokens.shape[1]);
      return step(tokens, state, context);
    };
    for (const question of ['a bad idea', 'had i', 'dad fed a bee']) {
      const spoken = jinjaTemplate(template)([...chat.messages, { role: 'user', content: question }], {
        forAnswer: true,
      });
      const cached = chat.cached;
      read.length = 0;
      const answer = await collect(chat.say(question, { maxTokens: 6 }));
      const fed = read.reduce((sum, count) => sum + count, 0);
      let anew = '';
      for await (const [token] of generate(model, [tokenizer.encode(spoken)], { maxTokens: 6 })) {
        if (token === config.endToken) break;
        anew += tokenizer.decode([token!]);
      }
      expect(answer, question).toBe(anew);
      expect(cached + read[0]!, question).toBe(spoken.length);
      expect(chat.cached).toBe(cached + fed);
      expect(chat.messages.at(-1)).toEqual({ role: 'assistant', content: answer });
    }
    chat.dispose();
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  it('keeps what was said when one stops listening, and goes on from there', async () => {
    const model = Gpt.create(config, { seed: 5, family: llamaFamily, tokenizer });
    const chat = model.chat({ template });
    let heard = '';
    for await (const piece of chat.say('hi')) {
      heard += piece;
      if (heard.length >= 3) break;
    }
    expect(chat.messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: heard },
    ]);
    await collect(chat.say('a', { maxTokens: 3 }));
    expect(chat.messages).toHaveLength(4);
    chat.dispose();
    model.dispose();
  });

  it('refuses to be longer than the context, and a model without a template', async () => {
    const model = Gpt.create(config, { seed: 5, family: llamaFamily, tokenizer });
    const chat = model.chat({ template });
    await expect(collect(chat.say('a'.repeat(100)))).rejects.toThrow(/90 tokens/);
    expect(() => model.chat()).toThrow(/chat template/);
    chat.dispose();
    model.dispose();
  });
});

it('finds the template of a folder in a file of its own', async () => {
  const sink = filesSink();
  await saveTokenizer(await trainByteLevelTokenizer('a b', { vocabularySize: 257 }), sink);
  const again = await openTokenizer(filesSource([...sink.files, new File([template], 'chat_template.jinja')]));
  expect(templateOf(again!)!([{ role: 'user', content: 'a' }], { forAnswer: true })).toBe('u:a|a:');
});
