import { type AddedToken, AddedTokenSplitter } from '../added-tokens.js';
import { AlignedText } from '../aligned-text.js';
import { byHalves, joinPieces, type Piece } from '../encoding.js';
import { piecesOf } from '../models/word-model.js';
import {
  specialToken,
  spellings,
  type TokenDeclaration,
  type TokenRole,
  TokenSettings,
} from '../readers/token-settings.js';
import type { TokenizerReader } from '../readers/tokenizer-folder.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bareTemplate } from '../template.js';
import { decoderOf } from './decoder-of.js';
import { Fields } from './fields.js';
import { modelOf } from './model-of.js';
import { normalizerOf } from './normalizer-of.js';
import { obeyEnds, obeySettings, withDeclaredTokens } from './obey-settings.js';
import { splitterOf } from './splitter-of.js';
import { templateOf, trimsOffsets } from './template-of.js';

/**
 * Any tokenizer of the Rust library, from the content of its `tokenizer.json`.
 *
 * Truncation and padding of the file are ignored; they are options of `tokenize`.
 *
 * @param settings of `tokenizer_config.json`: special and added tokens, `add_bos_token` and `add_eos_token`,
 *   `do_lower_case`, `strip_accents`, `tokenize_chinese_chars`, `add_prefix_space`, `padding_side`, `truncation_side`,
 *   `clean_up_tokenization_spaces`; they take precedence over `content`, as in Python
 * @throws SequiturError where the file is damaged, or has a component that is not supported
 */
export function tokenizerOfJson(
  content: object,
  settings = new TokenSettings(),
  where = 'tokenizer.json',
): SubwordTokenizer {
  new Fields(content, where);
  const fields = new Fields(obeySettings(content, settings), where);
  const model = modelOf(fields.child('model'));
  const listed = fields.children('added_tokens').map(addedTokenOf);
  const addedTokens = withDeclaredTokens(listed, model.vocabulary, settings);
  const postProcessor = fields.has('post_processor') ? fields.child('post_processor') : null;
  const decode = fields.has('decoder') ? decoderOf(fields.child('decoder')) : null;
  const roles = settings.roles(usualRoles(addedTokens));
  const template = (postProcessor && templateOf(postProcessor)) ?? bareTemplate;
  const idOf = (spelling: string) =>
    addedTokens.find((token) => token.content === spelling)?.id ?? model.vocabulary.idOf(spelling);
  return new SubwordTokenizer({
    vocabulary: model.vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    split: splitOf(fields, addedTokens, model),
    join: (tokens) => (decode ? decode(tokens).join('') : tokens.join(' ')),
    template: obeyEnds(template, settings, roles, idOf),
    ...settings.sides,
    cutLongest: byHalves,
    paddingTypeId: fields.has('padding') ? fields.child('padding').integer('pad_type_id', 0) : 0,
    cleanUp: settings.flag('clean_up_tokenization_spaces', false),
    ...(postProcessor && trimsOffsets(postProcessor) && { finish: (pieces) => pieces.map(trimmed) }),
    files: () => ({ 'tokenizer.json': content, 'tokenizer_config.json': settings.values }),
  });
}

function splitOf(
  fields: Fields,
  addedTokens: readonly AddedToken[],
  model: ReturnType<typeof modelOf>,
): (text: AlignedText) => readonly Piece[] {
  const normalize = fields.has('normalizer') ? normalizerOf(fields.child('normalizer')) : (text: AlignedText) => text;
  const split = fields.has('pre_tokenizer')
    ? splitterOf(fields.child('pre_tokenizer'))
    : (text: AlignedText) => (text.length ? [text] : []);
  const added = new AddedTokenSplitter(
    addedTokens
      .filter(({ normalized }) => normalized)
      .map((token) => ({ ...token, content: normalize(AlignedText.of(token.content)).text })),
  );
  const spelling = new Map(addedTokens.map(({ id, content }) => [id, content]));
  return (text) =>
    joinPieces(
      added.split(normalize(text)).map(({ text: stretch, token }): readonly Piece[] => {
        if (!token) return piecesOf(split(stretch), model);
        const [start, end] = stretch.range(0, stretch.length);
        return [{ id: token.id, token: spelling.get(token.id)!, start, end, word: 0 }];
      }),
    );
}

function addedTokenOf(fields: Fields): AddedToken {
  const special = fields.flag('special', false);
  return {
    id: fields.integer('id'),
    content: fields.text('content'),
    special,
    singleWord: fields.flag('single_word', false),
    stripLeft: fields.flag('lstrip', false),
    stripRight: fields.flag('rstrip', false),
    normalized: fields.flag('normalized', !special),
  };
}

/** The usual names of special tokens by role. */
const USUAL_NAMES: Readonly<Record<string, TokenRole>> = {
  '[PAD]': 'padding',
  '<pad>': 'padding',
  '[UNK]': 'unknown',
  '<unk>': 'unknown',
  '[CLS]': 'classification',
  '[SEP]': 'separator',
  '[MASK]': 'mask',
  '<mask>': 'mask',
};

/**
 * `tokenizer.json` does not contain the roles of its special tokens; without `tokenizer_config.json` they follow from
 * the names.
 */
function usualRoles(tokens: readonly AddedToken[]): Partial<Record<TokenRole, TokenDeclaration>> {
  const roles: Partial<Record<TokenRole, TokenDeclaration>> = {};
  for (const { content, special } of tokens) {
    const role = special && Object.hasOwn(USUAL_NAMES, content) ? USUAL_NAMES[content] : undefined;
    if (role) roles[role] = specialToken(content);
  }
  return roles;
}

/** Without the leading space of a byte-level word. */
function trimmed(piece: Piece): Piece {
  const leading = /^\u0120*/.exec(piece.token)![0].length;
  return { ...piece, start: Math.min(piece.end, piece.start + leading) };
}

export const tokenizerJsonReader: TokenizerReader = {
  name: 'tokenizer.json',
  read: async (folder) => {
    const content = await folder.json('tokenizer.json');
    return content && tokenizerOfJson(content, await folder.settings(), `${folder.name}, tokenizer.json`);
  },
};
