import type { Tokens } from '../../protocol/recipe.js';
import { CharacterTokenizer, type SubwordTokenizer, type Tokenizer, trainByteLevelTokenizer } from '../packages.js';
import type { Store } from '../storage/store.js';

/** Where the texts that come with the site are read from. */
export type ReadText = (name: string) => Promise<string>;

/** A text as a model reads it. */
export interface TokenizedText {
  readonly tokenizer: Tokenizer;
  /** The first nine tenths. */
  readonly training: Int32Array;
  /** The last tenth, which is never trained. */
  readonly validation: Int32Array;
  /** Prompt of the samples: the first words of the validation text. */
  readonly prompt: string;
}

const HELD_OUT = 0.1;
const PROMPT_CHARACTERS = 24;

/** Texts by name, and each cut into tokens, once in the life of the worker. */
export class Texts {
  readonly #read: ReadText;
  readonly #store: Store;
  readonly #tokenized = new Map<string, Promise<TokenizedText>>();

  constructor(read: ReadText, store: Store) {
    this.#read = read;
    this.#store = store;
  }

  /** Keeps a text of the reader's own. @returns its name, the same for the same text */
  async add(title: string, text: string): Promise<string> {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    const name = `own-${hex(new Uint8Array(digest)).slice(0, 12)}`;
    await this.#store.put(`texts/${name}`, { title, text });
    return name;
  }

  open(name: string, tokens: Tokens, onProgress: (share: number) => void): Promise<TokenizedText> {
    const key = `${name} ${tokens}`;
    const known = this.#tokenized.get(key);
    if (known) return known;
    const opened = this.#tokenize(name, tokens, onProgress);
    this.#tokenized.set(key, opened);
    opened.catch(() => this.#tokenized.delete(key));
    return opened;
  }

  async #tokenize(name: string, tokens: Tokens, onProgress: (share: number) => void): Promise<TokenizedText> {
    const own = await this.#store.get<{ text: string }>(`texts/${name}`);
    const text = own?.text ?? (await this.#read(name));
    const cut = Math.floor(text.length * (1 - HELD_OUT));
    const tokenizer =
      tokens === 'characters' ? CharacterTokenizer.fromText(text) : await learn(text, tokens, onProgress);
    return {
      tokenizer,
      training: Int32Array.from(tokenizer.encode(text.slice(0, cut))),
      validation: Int32Array.from(tokenizer.encode(text.slice(cut))),
      prompt: beginning(text.slice(cut)),
    };
  }
}

function learn(text: string, vocabularySize: number, onProgress: (share: number) => void): Promise<SubwordTokenizer> {
  return trainByteLevelTokenizer([text], {
    vocabularySize,
    onProgress: ({ done, total }) => onProgress(total ? done / total : 0),
  });
}

/** The first whole words of a sentence. */
function beginning(text: string): string {
  const sentence = /[.!?]\s+(\p{Lu}[^.!?]{16,})/u.exec(text)?.[1] ?? text;
  const words = sentence.slice(0, PROMPT_CHARACTERS).trimStart();
  return words.replace(/\s+\S*$/u, '') || words;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
