import { openBackend } from '@sequitur/core';
import {
  bertTokenizer,
  byteLevelTokenizer,
  byteTokenizer,
  type Encoding,
  type Tokenizer,
  TokenSettings,
  tokenizerOfJson,
} from '@sequitur/text';
import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  answer,
  Bert,
  classify,
  embed,
  fillMask,
  maskedLanguage,
  questionAnswering,
  recognizeEntities,
  sequenceClassification,
  tokenClassification,
} from '../src/index.js';

const labels = ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'];

/** A model whose tag of every token is told by the token itself. */
function tagging(tokenizer: Tokenizer, tags: Readonly<Record<string, string>>, contextLength = 32): Bert {
  const config = {
    modelType: 'bert',
    vocabularySize: tokenizer.vocabularySize,
    contextLength,
    width: 8,
    depth: 1,
    heads: 2,
  };
  const model = Bert.create(config as never, { head: tokenClassification({ labels }), seed: 1, tokenizer });
  const apply = ({ tokens }: { tokens: readonly (readonly number[])[] }) => {
    const logits = tokens.map((row) =>
      row.map((id) => labels.map((label) => (label === (tags[tokenizer.idToToken(id) ?? ''] ?? 'O') ? 9 : 0))),
    );
    return { logits: tensor3d(logits) };
  };
  return Object.assign(model, { apply }) as unknown as Bert;
}

const found = async (model: Bert, text: string, options: object = {}) => {
  const [entities] = await recognizeEntities(model, [text], options);
  for (const { text: word, start, end } of entities!) expect(word).toBe(text.slice(start, end));
  return entities!.map(({ type, text: word }) => `${type} ${word}`);
};

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const bert = (words: string, settings: object = {}) =>
  bertTokenizer([...special, ...words.split(' ')].join('\n'), new TokenSettings(settings));

describe('entities are of whole words, as the tokenizer splits', () => {
  beforeAll(() => openBackend('cpu'));

  it('characters of Chinese', async () => {
    const model = tagging(bert('我 在 北 京 上 海'), { 北: 'B-LOC', 京: 'I-LOC', 上: 'B-LOC', 海: 'I-LOC' });
    expect(await found(model, '我在北京')).toEqual(['LOC 北京']);
    expect(await found(model, '北京上海')).toEqual(['LOC 北京', 'LOC 上海']);
  });

  it('pieces, punctuation, and accents in either form', async () => {
    const tokenizer = bert("caf ##e o hara ' cafe\u0301 ##\u0301", { do_lower_case: false, strip_accents: false });
    const model = tagging(tokenizer, { caf: 'B-LOC', o: 'B-PER', "'": 'I-PER', hara: 'I-PER' });
    expect(await found(model, "cafe o'hara")).toEqual(['LOC cafe', "PER o'hara"]);
    const stripping = tagging(bert('cafe b'), { cafe: 'B-LOC' });
    expect(await found(stripping, 'b cafe\u0301 b')).toEqual(['LOC cafe\u0301']);
    expect(await found(stripping, 'café')).toEqual(['LOC café']);
  });

  it('bytes, each of which is a token', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byteTokenizer().idToToken(byte)!);
    const tokens = [...bytes, '<s>', '</s>'];
    const vocabulary = JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
    const tokenizer = byteLevelTokenizer(vocabulary, '', new TokenSettings({ tokenizer_class: 'RobertaTokenizer' }));
    const [first] = tokenizer.tokenize(' é', { specialTokens: false }).tokens;
    const model = tagging(tokenizer, { [first!]: 'B-LOC', Ã: 'B-LOC' });
    expect(await found(model, 'a éa b')).toEqual(['LOC éa', 'LOC b']);
  });

  it('pieces of SentencePiece', async () => {
    const pieces = ['▁', '▁new', '▁york', 'er', '東京', '▁in'].map((piece, id) => ({ piece, score: -id }));
    const tags = { '▁new': 'B-LOC', '▁york': 'I-LOC', er: 'B-PER', '▁': 'B-LOC' };
    const metaspace = tokenizerOfJson({
      added_tokens: [],
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
      model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0], ...pieces.map(({ piece, score }) => [piece, score])] },
    });
    expect(await found(tagging(metaspace, tags), 'in new yorker new')).toEqual(['LOC new yorker', 'LOC new']);
    expect(await found(tagging(metaspace, tags), 'in 東京')).toEqual(['LOC 東京']);
  });

  it('in a text that is longer than the model reads', async () => {
    const tokenizer = bert('a b ##c x');
    const model = tagging(tokenizer, { b: 'B-LOC' }, 10);
    const text = Array.from({ length: 40 }, (_, index) => (index % 7 === 3 ? 'bc' : 'a')).join(' ');
    const starts = [...text.matchAll(/bc/g)].map(({ index }) => index);
    for (const overlap of [undefined, 0, 3, 7]) {
      const [entities] = await recognizeEntities(model, [text], { overlap });
      expect(
        entities!.map(({ start }) => start),
        `${overlap}`,
      ).toEqual(starts);
      expect(entities!.every(({ text: word }) => word === 'bc')).toBe(true);
    }
    const [, both] = await recognizeEntities(model, ['a', text], { batchSize: 2 });
    expect(both!.map(({ start }) => start)).toEqual(starts);
    await expect(recognizeEntities(model, [text], { overlap: 8 })).rejects.toThrow(/room for more than the overlap/);
  });
});

describe('words of an encoding', () => {
  it('are numbered through special and added tokens', () => {
    const encoding: Encoding = bert('a b ##c').tokenize('a bc[MASK]a', { pair: 'bc' });
    expect(encoding.tokens).toEqual(['[CLS]', 'a', 'b', '##c', '[MASK]', 'a', '[SEP]', 'b', '##c', '[SEP]']);
    expect(encoding.words).toEqual([null, 0, 1, 1, 2, 3, null, 0, 0, null]);
  });
});

describe('answers', () => {
  beforeAll(() => openBackend('cpu'));

  it('are the best over all pairs, however many tokens are likely starts', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const tokenizer = bert(`${letters.join(' ')} q ?`);
    const config = {
      modelType: 'bert',
      vocabularySize: tokenizer.vocabularySize,
      contextLength: 64,
      width: 8,
      depth: 1,
      heads: 2,
    };
    const model = Bert.create(config as never, { head: questionAnswering(), seed: 1, tokenizer });
    // Every letter is a likelier start than z, but only at z an answer can end.
    const scoreOf = (id: number, isStart: boolean) => {
      const letter = tokenizer.idToToken(id)!;
      if (isStart) return letter === 'z' ? 3 : letters.includes(letter) ? 4 : -9;
      return letter === 'z' ? 9 : -9;
    };
    const apply = ({ tokens }: { tokens: number[][] }) => ({
      start: tensor2d(tokens.map((row) => row.map((id) => scoreOf(id, true)))),
      end: tensor2d(tokens.map((row) => row.map((id) => scoreOf(id, false)))),
    });
    const context = `z ${letters.slice(0, 25).join(' ')}`;
    const [best] = await answer(Object.assign(model, { apply }) as never, 'q ?', context);
    expect(best!.text).toBe('z');
    const many = await answer(model as never, 'q ?', context, { answers: 200, maxAnswerLength: 2 });
    expect(new Set(many.map(({ start, end }) => `${start} ${end}`)).size).toBe(many.length);
    expect(many).toHaveLength(26 + 25);
  });

  it('take options in their ranges only', async () => {
    const tokenizer = bert('a ?');
    const config = {
      modelType: 'bert',
      vocabularySize: tokenizer.vocabularySize,
      contextLength: 16,
      width: 8,
      depth: 1,
      heads: 2,
    };
    const model = Bert.create(config as never, { head: questionAnswering(), seed: 1, tokenizer }) as never;
    for (const options of [
      { answers: 0 },
      { maxAnswerLength: -1 },
      { overlap: Number.NaN },
      { noAnswer: 1 },
      { topK: 3 },
      { batchSize: 0 },
    ]) {
      await expect(answer(model, 'a ?', 'a', options as never), JSON.stringify(options)).rejects.toThrow(/answer/);
    }
  });
});

describe('texts that are longer than the model reads', () => {
  beforeAll(() => openBackend('cpu'));
  const tokenizer = bert('a b');
  const config = {
    modelType: 'bert',
    vocabularySize: tokenizer.vocabularySize,
    contextLength: 6,
    width: 8,
    depth: 1,
    heads: 2,
  };
  const long = 'a b a b a b';

  it('are cut with a warning, or by classifying and embedding told to a callback', async () => {
    const classifier = Bert.create(config as never, {
      head: sequenceClassification({ labels }),
      seed: 1,
      tokenizer,
    }) as never;
    const warn = vi.fn();
    const [cut] = await classify(classifier, [long, 'a'], { warn });
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      'classify: 1 of 2 texts are longer than the 6 tokens that the model reads, and are cut',
    );
    expect(cut).toEqual((await classify(classifier, ['a b a b']))[0]);
    const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await embed(classifier, [long, long]);
    expect(said.mock.calls.flat().join()).toMatch(/embed: 2 of 2 texts/);
    said.mockRestore();
    await expect(classify(classifier, ['a'], { batchSize: 0 })).rejects.toThrow(/classify, batchSize/);
    await expect(classify(classifier, [5 as never])).rejects.toThrow(/a string, or a pair of strings/);
  });

  it('are refused where masks would be left unfilled', async () => {
    const masked = Bert.create(config as never, { head: maskedLanguage(), seed: 1, tokenizer }) as never;
    await expect(fillMask(masked, `[MASK] ${long} [MASK]`)).rejects.toThrow(
      /fillMask, text: expected at most 6 tokens, got 10/,
    );
    await expect(fillMask(masked, 'a [MASK]', { fillings: 0 })).rejects.toThrow(/fillings/);
  });
});
