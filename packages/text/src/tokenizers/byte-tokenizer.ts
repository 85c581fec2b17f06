import { characterOfByte } from './models/byte-tokens.js';
import type { SubwordTokenizer } from './subword-tokenizer.js';
import { tokenizerOfJson } from './tokenizer-json/tokenizer-json.js';

/** A byte tokenizer: 256 tokens, whose ids are the bytes of UTF-8; needs no training. */
export function byteTokenizer(): SubwordTokenizer {
  return tokenizerOfJson({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: { type: 'BPE', vocab: Object.fromEntries(characterOfByte.map((token, byte) => [token, byte])), merges: [] },
  });
}
