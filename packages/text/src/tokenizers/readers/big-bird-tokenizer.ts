import { readSentencePieceFile } from '../sentence-piece/model-file.js';
import { SentencePieceProcessor } from '../sentence-piece/processor.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bareTemplate, bertTemplate } from '../template.js';
import { checkSettings, specialToken, spellings, type TokenSettings, withIds } from './token-settings.js';

const TOKENS = {
  begin: specialToken('<s>'),
  end: specialToken('</s>'),
  unknown: specialToken('<unk>'),
  separator: specialToken('[SEP]'),
  padding: specialToken('<pad>'),
  classification: specialToken('[CLS]'),
  mask: specialToken('[MASK]', { stripLeft: true }),
};

/** BigBird's SentencePiece tokenizer with BERT's special tokens, as Python's `BigBirdTokenizer` reads it. */
export function bigBirdTokenizer(model: Uint8Array, settings: TokenSettings): SubwordTokenizer {
  checkSettings('bigBirdTokenizer', settings);
  settings.requireClass(['BigBirdTokenizer']);
  const processor = new SentencePieceProcessor(readSentencePieceFile(model, 'SentencePiece model'));
  const { vocabulary } = processor;
  settings.refuse('sp_model_kwargs');
  const roles = settings.roles(TOKENS);
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...(settings.additional ?? [])], settings.fixed);
  const special = new Set(addedTokens.filter((token) => token.special).map(({ content }) => content));
  const idOf = (content: string | undefined) => addedTokens.find((token) => token.content === content)?.id;
  const [classification, separator] = [idOf(roles.classification?.content), idOf(roles.separator?.content)];
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    split: (text) => processor.split(text),
    join: (tokens) => joinApartFromSpecial(tokens, special, processor),
    template:
      classification === undefined || separator === undefined ? bareTemplate : bertTemplate(classification, separator),
    ...settings.sides,
    cleanUp: settings.flag('clean_up_tokenization_spaces', true),
    files: () => ({
      'spiece.model': model,
      'tokenizer_config.json': { ...settings.values, tokenizer_class: 'BigBirdTokenizer' },
    }),
  });
}

function joinApartFromSpecial(
  tokens: readonly string[],
  special: ReadonlySet<string>,
  processor: SentencePieceProcessor,
): string {
  const texts: string[] = [];
  let run: string[] = [];
  for (const token of tokens) {
    if (!special.has(token)) {
      run.push(token);
      continue;
    }
    if (run.length) texts.push(processor.join(run));
    run = [];
    texts.push(token);
  }
  if (run.length) texts.push(processor.join(run));
  return texts.join(' ').replace(/ (\[(?:MASK|SEP)\])/g, '$1');
}
