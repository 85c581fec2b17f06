import { SequiturError, SubwordTokenizer, Vocabulary } from '../packages.js';

/**
 * Numbers in the place of words, for a folder that has no tokenizer: a text is the ids of its tokens, `57 49 94`.
 */
export function idTokenizer(vocabularySize: number): SubwordTokenizer {
  const vocabulary = Vocabulary.ofList(Array.from({ length: vocabularySize }, (_, id) => String(id)));
  return new SubwordTokenizer({
    vocabulary,
    split: (text) =>
      [...text.text.matchAll(/[^\s,]+/g)].map(({ 0: token, index }, word) => {
        const id = vocabulary.idOf(token) ?? refuse(token, vocabularySize);
        const [start, end] = text.range(index, index + token.length);
        return { id, token, start, end, word };
      }),
    join: (tokens) => tokens.join(' '),
    template: {
      single: [{ sequence: 0, typeId: 0 }],
      pair: [
        { sequence: 0, typeId: 0 },
        { sequence: 1, typeId: 1 },
      ],
    },
    files: () => ({}),
  });
}

function refuse(token: string, vocabularySize: number): never {
  throw new SequiturError({
    where: 'the text',
    expected: `ids of tokens, from 0 to ${vocabularySize - 1}, since the folder has no tokenizer`,
    got: `'${token}'`,
    fix: 'Write numbers with spaces between them, or drop the tokenizer’s files together with the model’s',
  });
}
