import { type Tokenizer, TokenSettings, tokenizerOfJson } from '@sequitur/text';

const SPECIAL = ['</s>', '<unk>', '<pad>'] as const;

/**
 * A tokenizer that splits sources into case-insensitive letters and targets into units separated by spaces, with one
 * vocabulary, as a standard `tokenizer.json`.
 */
export function letterTokenizer({
  letters,
  units,
}: {
  readonly letters: Iterable<string>;
  readonly units: Iterable<string>;
}): Tokenizer {
  const tokens = [...SPECIAL, ...[...letters].sort(), ...[...units].sort()];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const content = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((token, id) => ({ id, content: token, ...flags })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
      special_tokens: { '</s>': { id: '</s>', ids: [0], tokens: ['</s>'] } },
    },
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), unk_token: '<unk>' },
  };
  const settings = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...{ eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' },
  };
  return tokenizerOfJson(content, new TokenSettings(settings));
}
