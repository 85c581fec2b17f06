import { SequiturError, showValue } from '@sequitur/core';
import { checkSource, type FileSource, parseJson } from '@sequitur/pretrained';
import type { Tokenizer } from '../tokenizer.js';
import { TokenSettings } from './token-settings.js';

/** A reader of one kind of tokenizer files. */
export interface TokenizerReader {
  /** The name in messages. */
  readonly name: string;
  /** The tokenizer, or null where the folder has none of this kind. */
  read(folder: TokenizerFolder): Promise<Tokenizer | null>;
}

/** Maximum size: larger files are not tokenizer files, or are damaged. */
const LARGEST_FILE = 256 * 2 ** 20;

/** The files of a folder, checked as far as possible before their content is known. */
export class TokenizerFolder {
  readonly #source: FileSource;
  #settings: Promise<TokenSettings> | null = null;

  constructor(source: FileSource) {
    checkSource('the folder of a tokenizer', source);
    this.#source = source;
  }

  get name(): string {
    return this.#source.name;
  }

  async bytes(path: string): Promise<Uint8Array | null> {
    const file = await this.#source.open(path);
    if (!file) return null;
    try {
      if (file.size <= LARGEST_FILE) return await file.read(0, file.size);
      const [expected, got] = ['at most 256 MiB, the limit for tokenizer files', `${file.size} bytes`];
      throw new SequiturError({ where: file.name, expected, got });
    } finally {
      await file.close?.();
    }
  }

  async text(path: string): Promise<string | null> {
    const bytes = await this.bytes(path);
    if (!bytes) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new SequiturError(
        { where: `${this.name}, ${path}`, expected: 'text in UTF-8', got: 'other bytes' },
        { cause },
      );
    }
  }

  /**
   * The content of a JSON file, or null where it does not exist.
   *
   * @throws SequiturError where it is not a JSON object
   */
  async json(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    const text = await this.text(path);
    if (text === null) return null;
    const where = `${this.name}, ${path}`;
    const value = parseJson(text, where);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new SequiturError({ where, expected: 'a JSON object', got: showValue(value) });
  }

  /** The settings of all small files next to the vocabulary. */
  settings(): Promise<TokenSettings> {
    this.#settings ??= (async () => {
      const added = await this.json('added_tokens.json');
      const map = await this.json('special_tokens_map.json');
      const config = await this.json('tokenizer_config.json');
      const model = config?.tokenizer_class ? null : await this.json('config.json');
      // Newer folders store the chat template in a separate file, which takes precedence.
      const template = await this.text('chat_template.jinja');
      const chat = template === null ? null : { chat_template: template };
      // Older folders name the tokenizer class in the model config.
      const ofModel = model?.tokenizer_class ? { tokenizer_class: model.tokenizer_class } : null;
      return new TokenSettings(ofModel, added && { added_tokens: added }, map, config, chat);
    })();
    return this.#settings;
  }
}
