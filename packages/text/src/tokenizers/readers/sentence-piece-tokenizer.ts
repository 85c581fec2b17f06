import { readSentencePieceFile } from '../sentence-piece/model-file.js';
import { SentencePieceProcessor } from '../sentence-piece/processor.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bareTemplate } from '../template.js';
import { bigBirdTokenizer } from './big-bird-tokenizer.js';
import { llamaTokenizer } from './llama-tokenizer.js';
import { t5Tokenizer } from './t5-tokenizer.js';
import { checkSettings, TokenSettings } from './token-settings.js';
import type { TokenizerReader } from './tokenizer-folder.js';

/** SentencePiece's tokenizer, without the additions of a model class. */
export function sentencePieceTokenizer(model: Uint8Array, settings = new TokenSettings()): SubwordTokenizer {
  checkSettings('sentencePieceTokenizer', settings);
  settings.requireClass(['SentencePieceProcessor']);
  const processor = new SentencePieceProcessor(readSentencePieceFile(model, 'SentencePiece model'));
  return new SubwordTokenizer({
    vocabulary: processor.vocabulary,
    split: (text) => processor.split(text),
    join: (tokens) => processor.join(tokens),
    specialIds: processor.controlIds,
    specialTokens: { unknown: processor.vocabulary.tokenOf(processor.unknownId)! },
    template: bareTemplate,
    files: () => ({ 'spiece.model': model, 'tokenizer_config.json': settings.values }),
  });
}

type Make = (model: Uint8Array, settings: TokenSettings) => SubwordTokenizer;

/** Python's classes that read a `.model` file, which differ in their settings. */
const classes: Readonly<Record<string, Make>> = {
  T5Tokenizer: t5Tokenizer,
  MT5Tokenizer: t5Tokenizer,
  LlamaTokenizer: llamaTokenizer,
  GemmaTokenizer: llamaTokenizer,
  BigBirdTokenizer: bigBirdTokenizer,
  SentencePieceProcessor: sentencePieceTokenizer,
  '': sentencePieceTokenizer,
};

export const sentencePieceReader: TokenizerReader = {
  name: 'SentencePiece (spiece.model or tokenizer.model)',
  read: async (folder) => {
    const model = (await folder.bytes('spiece.model')) ?? (await folder.bytes('tokenizer.model'));
    if (!model) return null;
    const settings = await folder.settings();
    const make = Object.hasOwn(classes, settings.className) ? classes[settings.className] : undefined;
    if (!make) settings.requireClass(Object.keys(classes).filter(Boolean));
    return make!(model, settings);
  },
};
