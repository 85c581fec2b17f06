import type { AlignedText } from '../aligned-text.js';
import { joinApart } from '../decoders/join-apart.js';
import type { Piece } from '../encoding.js';
import { readSentencePieceFile } from '../sentence-piece/model-file.js';
import { SPACE } from '../sentence-piece/normalize.js';
import { SentencePieceProcessor } from '../sentence-piece/processor.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bracketTemplate } from '../template.js';
import { trim } from '../white-space.js';
import { checkSettings, MOST_SENTINELS, specialToken, spellings, TokenSettings, withIds } from './token-settings.js';

const TOKENS = { end: specialToken('</s>'), unknown: specialToken('<unk>'), padding: specialToken('<pad>') };

/**
 * T5's SentencePiece tokenizer with its sentinel tokens, as Python's `T5Tokenizer` reads it.
 *
 * @param settings `extra_ids` (default 100), `legacy` (default true: a space is put before every stretch between
 *   special tokens), `add_prefix_space`, special tokens
 */
export function t5Tokenizer(model: Uint8Array, settings = new TokenSettings()): SubwordTokenizer {
  checkSettings('t5Tokenizer', settings);
  settings.requireClass(['T5Tokenizer', 'MT5Tokenizer']);
  const file = readSentencePieceFile(model, 'SentencePiece model');
  const isLegacy = settings.flag('legacy', true);
  const prefixSpace = settings.flag('add_prefix_space', true);
  const processor = new SentencePieceProcessor(isLegacy ? file : { ...file, dummyPrefix: false });
  const { vocabulary } = processor;
  settings.refuse('sp_model_kwargs');
  const roles = settings.roles(TOKENS);
  const extra = sentinels(settings.count('extra_ids', MOST_SENTINELS) ?? 100, vocabulary.size);
  const addedTokens = withIds(
    vocabulary,
    [...Object.values(roles), ...(settings.additional ?? [])],
    [...extra, ...settings.fixed],
  );
  const special = new Set(addedTokens.filter((token) => token.special).map(({ content }) => content));
  const apart = new Set(extra.map(({ content }) => content));
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    ...(!isLegacy && {
      prepare: (text) => prepared(text, prefixSpace),
      finish: (pieces) => withoutLoneSpace(pieces, special),
    }),
    split: isLegacy ? (text) => processor.split(text) : splitAfterUnknown(processor, roles.unknown?.content ?? '<unk>'),
    join: (tokens) => joinApart(tokens, apart, (run) => joinAround(run, special, processor, prefixSpace)),
    template: bracketTemplate({ end: addedTokens.find(({ content }) => content === roles.end?.content)?.id }),
    ...settings.sides,
    files: () => ({
      'spiece.model': model,
      'tokenizer_config.json': { ...settings.values, tokenizer_class: 'T5Tokenizer' },
    }),
  });
}

/** `<extra_id_0>` has the highest id. */
function sentinels(count: number, first: number) {
  const token = { special: true, stripLeft: true, stripRight: true };
  return Array.from({ length: count }, (_, index) => ({
    ...token,
    content: `<extra_id_${index}>`,
    id: first + count - 1 - index,
  }));
}

/** No space is prepended to an empty text. */
export function prepared(text: AlignedText, prefixSpace: boolean): AlignedText {
  if (text.length === 0) return text;
  const spaced = text.replaceAll(/\u2581/gu, ' ');
  return prefixSpace ? spaced.prepend(SPACE) : spaced;
}

/**
 * Splits text that begins with a space so that the space is kept: SentencePiece would drop it at the start, so the
 * unknown token is prepended and its pieces are removed again.
 */
export function splitAfterUnknown(processor: SentencePieceProcessor, unknown: string) {
  return (text: AlignedText): Piece[] => {
    if (!text.text.startsWith(SPACE) && !text.text.startsWith(' ')) return processor.split(text);
    return processor.split(text.prepend(unknown)).slice(processor.piecesOf(unknown));
  };
}

/** The space that is prepended before a special token at the start is not part of the text. */
export function withoutLoneSpace(pieces: readonly Piece[], special: ReadonlySet<string>): readonly Piece[] {
  const [first, second] = pieces;
  return first?.token === SPACE && second && special.has(second.token) ? pieces.slice(1) : pieces;
}

/** Special tokens are kept unchanged, each after a space unless another one precedes it. */
function joinAround(
  tokens: readonly string[],
  special: ReadonlySet<string>,
  processor: SentencePieceProcessor,
  prefixSpace: boolean,
): string {
  let text = '';
  let run: string[] = [];
  let afterSpecial = false;
  for (const [index, token] of tokens.entries()) {
    if (special.has(token)) {
      text += (afterSpecial ? '' : ' ') + processor.join(run) + token;
      run = [];
      afterSpecial = true;
      continue;
    }
    run.push(index === 0 && prefixSpace && token.startsWith(SPACE) ? token.slice(SPACE.length) : token);
    afterSpecial = false;
  }
  return trim(text + processor.join(run));
}
