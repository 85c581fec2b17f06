import { readSentencePieceFile } from '../sentence-piece/model-file.js';
import { SPACE } from '../sentence-piece/normalize.js';
import { SentencePieceProcessor } from '../sentence-piece/processor.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bracketTemplate } from '../template.js';
import { prepared, splitAfterUnknown, withoutLoneSpace } from './t5-tokenizer.js';
import { checkSettings, specialToken, spellings, type TokenSettings, withIds } from './token-settings.js';

const LLAMA_TOKENS = { begin: specialToken('<s>'), end: specialToken('</s>'), unknown: specialToken('<unk>') };
const GEMMA_TOKENS = {
  begin: specialToken('<bos>'),
  end: specialToken('<eos>'),
  unknown: specialToken('<unk>'),
  padding: specialToken('<pad>'),
};

/**
 * The SentencePiece tokenizer of Llama, Mistral or Gemma, as Python's `LlamaTokenizer` and `GemmaTokenizer` read it.
 *
 * @param settings `add_bos_token` (default true), `add_eos_token`, `legacy`, `add_prefix_space`, special tokens
 */
export function llamaTokenizer(model: Uint8Array, settings: TokenSettings): SubwordTokenizer {
  checkSettings('llamaTokenizer', settings);
  settings.requireClass(['LlamaTokenizer', 'GemmaTokenizer']);
  const file = readSentencePieceFile(model, 'SentencePiece model');
  const isGemma = settings.className === 'GemmaTokenizer';
  // Gemma's class has only the legacy behaviour, that of SentencePiece.
  const isLegacy = isGemma || settings.flag('legacy', true);
  const prefixSpace = !isGemma && settings.flag('add_prefix_space', true);
  const processor = new SentencePieceProcessor(isLegacy ? file : { ...file, dummyPrefix: false });
  const { vocabulary } = processor;
  settings.refuse('sp_model_kwargs');
  const roles = settings.roles(isGemma ? GEMMA_TOKENS : LLAMA_TOKENS);
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...(settings.additional ?? [])], settings.fixed);
  const special = new Set(addedTokens.filter((token) => token.special).map(({ content }) => content));
  const idOf = (content: string | undefined) => addedTokens.find((token) => token.content === content)?.id;
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    ...(!isLegacy && {
      prepare: (text) => prepared(text, prefixSpace),
      finish: (pieces) => withoutLoneSpace(pieces, special),
    }),
    split: isLegacy ? (text) => processor.split(text) : splitAfterUnknown(processor, roles.unknown?.content ?? '<unk>'),
    join: (tokens) => joinAround(tokens, special, processor, { prefixSpace, isLegacy }),
    template: bracketTemplate({
      begin: settings.flag('add_bos_token', true) ? idOf(roles.begin?.content) : undefined,
      end: settings.flag('add_eos_token', false) ? idOf(roles.end?.content) : undefined,
    }),
    ...settings.sides,
    cleanUp: settings.flag('clean_up_tokenization_spaces', false),
    files: () => ({ 'tokenizer.model': model, 'tokenizer_config.json': settings.values }),
  });
}

function joinAround(
  tokens: readonly string[],
  special: ReadonlySet<string>,
  processor: SentencePieceProcessor,
  { prefixSpace, isLegacy }: { readonly prefixSpace: boolean; readonly isLegacy: boolean },
): string {
  let text = '';
  let run: string[] = [];
  let afterSpecial = false;
  for (const [index, token] of tokens.entries()) {
    if (special.has(token)) {
      text += (!afterSpecial && index > 0 && isLegacy ? ' ' : '') + processor.join(run) + token;
      run = [];
      afterSpecial = true;
      continue;
    }
    if (afterSpecial && index === 1 && prefixSpace && !token.startsWith(SPACE)) text += ' ';
    run.push(index === 0 && prefixSpace && token.startsWith(SPACE) ? token.slice(SPACE.length) : token);
    afterSpecial = false;
  }
  return text + processor.join(run);
}
