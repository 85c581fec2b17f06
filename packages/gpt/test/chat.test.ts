import { openBackend } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { onEachBackend, ScriptedModel } from '@sequitur/laws';
import { filesSink, filesSource } from '@sequitur/pretrained';
import {
  CharacterTokenizer,
  openTokenizer,
  saveTokenizer,
  tokenizerOfJson,
  trainByteLevelTokenizer,
} from '@sequitur/text';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Conversation, Gpt, jinjaTemplate, llamaFamily, templateOf } from '../src/index.js';

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

describe('a conversation', () => {
  beforeAll(() => openBackend('cpu'));

  const words = ['<unk>', '<s>', '</s>', '▁', ':', ...'abcdefghijklmnopqrstuvwxyz|', '▁a', '▁dog', ':a'];
  /** As Llama's: a space is put before the first word of a text only. */
  const metaspace = tokenizerOfJson({
    added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true })),
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      merges: ['▁ a', ': a'],
      unk_token: '<unk>',
    },
  });
  const idOf = (token: string) => metaspace.tokenToId(token)!;
  const templates = {
    plain: template,
    bracketed: `{% for m in messages %}<s>{{ m.role[0] }}|{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<s>a|{% endif %}`,
    joined: `{% for m in messages %}{{ m.content }}{% endfor %}`,
    trimmed: `{% for m in messages %}{{ m.role[0] }}:{{ m.content | trim }}|{% endfor %}{% if add_generation_prompt %}a:{% endif %}`,
    lastTurnMarked: `{% for m in messages %}{% if loop.last %}x{% endif %}{{ m.content }}|{% endfor %}`,
  };

  it('reads the tokens of the whole conversation, whatever the template', async () => {
    for (const [name, source] of Object.entries(templates)) {
      const answer = ['a', '▁a', 'b', '</s>'];
      let ends: number[] = [];
      const model = new ScriptedModel({
        vocabularySize: metaspace.vocabularySize,
        next: (read) => idOf(answer[ends.indexOf(read)] ?? '</s>'),
      });
      const chat = new Conversation({
        model,
        tokenizer: metaspace,
        template: jinjaTemplate(source),
        endTokens: [idOf('</s>')],
      });
      for (const question of ['hi', 'a dog', 'a']) {
        const asked = [...chat.messages, { role: 'user', content: question }];
        const whole = metaspace.encode(jinjaTemplate(source)(asked, { forAnswer: true }));
        ends = answer.map((_, at) => whole.length + at);
        const [cached, before] = [chat.cached, model.fed.length];
        expect(await collect(chat.say(question)), name).toBe('a ab');
        const fed = (await Promise.all(model.fed.slice(before))).map(([row]) => row!);
        expect(fed[0], name).toEqual(whole.slice(whole.length - fed[0]!.length));
        expect([whole.length, whole.length - cached], name).toContain(fed[0]!.length);
        if (name === 'bracketed') expect(fed[0]!.length, question).toBe(whole.length - cached);
      }
      chat.dispose();
    }
  });

  const says = (text: string, options: { contextLength?: number } = {}) => {
    const characters = new CharacterTokenizer([...'|:abcdefghiusy ']);
    const tokens = characters.encode(text);
    let begun = 0;
    const model = new ScriptedModel({
      vocabularySize: characters.vocabularySize,
      ...options,
      next: (read) => {
        if (begun === 0 || read < begun) begun = read;
        return tokens[(read - begun) % tokens.length]!;
      },
    });
    const messages = [{ role: 'system', content: 'be' }];
    return new Conversation({
      model,
      tokenizer: characters,
      template: jinjaTemplate(template),
      endTokens: [0],
      messages,
    });
  };

  it('keeps nothing of a turn in which nothing was generated', async () => {
    const chat = says('ab|', { contextLength: 40 });
    const before = chat.messages;
    const aborted = AbortSignal.abort();
    for (const [content, options] of [
      ['a'.repeat(50), {}],
      ['hi', { maxTokens: -1 }],
      ['hi', { signal: aborted }],
      ['hi', { maxTokens: 0 }],
      ['hi', { stop: 5 }],
      [5, {}],
      ['hi', { sequences: 2 }],
      ['hi', { beamSearch: { beams: 2 } }],
    ] as [string, object][]) {
      await collect(chat.say(content, options)).catch(() => {});
      expect(chat.messages, JSON.stringify(options)).toBe(before);
    }
    await expect(collect(chat.say('hi', { sequences: 2 } as object))).rejects.toThrow(/say, sequences/);
    expect(await collect(chat.say('hi'))).toBe('ab');
    expect(chat.messages.map(({ content }) => content)).toEqual(['be', 'hi', 'ab']);
    chat.dispose();
  });

  it('gives one answer at a time', async () => {
    const chat = says('ab|');
    const first = chat.say('hi');
    await first.next();
    await expect(chat.say('a').next()).rejects.toThrow(/one answer at a time/);
    expect(() => chat.clear()).toThrow(/one answer at a time/);
    expect((await first.next()).value).toBe('b');
    await first.return(undefined);
    expect(chat.messages.at(-1)).toEqual({ role: 'assistant', content: 'ab' });
    expect(chat.messages).toHaveLength(3);
    expect(await collect(chat.say('a', { maxTokens: 1 }))).toHaveLength(1);
    chat.dispose();
    await expect(chat.say('a').next()).rejects.toThrow(/disposed/);
  });

  it('neither gives out nor keeps a stop string', async () => {
    const chat = says('ab cd|');
    expect(await collect(chat.say('hi', { stop: ['c', ' cd'] }))).toBe('ab ');
    expect(chat.messages.at(-1)!.content).toBe('ab ');
    chat.clear();
    expect(await collect(chat.say('hi', { stop: 'dx' }))).toBe('ab cd');
    chat.dispose();
  });

  it('begins again with the messages that it began with', async () => {
    const chat = says('ab|');
    await collect(chat.say('hi'));
    expect(chat.cached).toBeGreaterThan(0);
    chat.clear();
    expect(chat.messages).toEqual([{ role: 'system', content: 'be' }]);
    expect(chat.cached).toBe(0);
    chat.dispose();
  });

  it('takes messages with a role and a content', () => {
    for (const messages of [[{ role: 'user' }], [null], [{ role: 'user', content: ['a'] }], 'hi', {}]) {
      const parts = { tokenizer, template: jinjaTemplate(template), endTokens: [], messages: messages as never };
      const model = new ScriptedModel({ vocabularySize: 3, next: () => 0 });
      expect(() => new Conversation({ ...parts, model }), JSON.stringify(messages)).toThrow(/Conversation, messages/);
    }
  });
});
