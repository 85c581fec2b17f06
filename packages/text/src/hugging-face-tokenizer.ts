import { Tokenizer as Engine } from '@huggingface/tokenizers';
import { type FileSource, parseJson, readText, SequiturError } from '@sequitur/core';
import type { Tokenizer } from './tokenizer.js';

/** Any `tokenizer.json`, run by `@huggingface/tokenizers`. */
export class HuggingFaceTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #engine: Engine;
  readonly #tokenizer: object;
  readonly #config: object;

  /**
   * @param tokenizer the content of `tokenizer.json`
   * @param config the content of `tokenizer_config.json`
   */
  constructor(tokenizer: object, config: object = {}) {
    this.#tokenizer = tokenizer;
    this.#config = config;
    try {
      this.#engine = new Engine(tokenizer, config);
    } catch (error) {
      throw new SequiturError(
        { where: 'tokenizer.json', expected: 'a tokenizer', got: (error as Error).message },
        { cause: error },
      );
    }
    this.vocabularySize = this.#engine.get_vocab(true).size;
  }

  encode(text: string): number[] {
    return this.#engine.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly number[]): string {
    // The library refuses an empty list.
    return ids.length ? this.#engine.decode([...ids], { skip_special_tokens: true }) : '';
  }

  files(): Readonly<Record<string, unknown>> {
    return { 'tokenizer.json': this.#tokenizer, 'tokenizer_config.json': this.#config };
  }
}

/** The tokenizer of a model's folder, or null where it has no `tokenizer.json`. */
export async function openTokenizer(source: FileSource): Promise<HuggingFaceTokenizer | null> {
  const tokenizer = await readJson(source, 'tokenizer.json');
  if (!tokenizer) return null;
  return new HuggingFaceTokenizer(tokenizer, (await readJson(source, 'tokenizer_config.json')) ?? {});
}

async function readJson(source: FileSource, path: string): Promise<object | null> {
  const file = await source.open(path);
  if (!file) return null;
  try {
    const value = parseJson(await readText(file), file.name);
    if (typeof value === 'object' && value !== null) return value;
    throw new SequiturError({ where: file.name, expected: 'a JSON object', got: typeof value });
  } finally {
    await file.close?.();
  }
}
