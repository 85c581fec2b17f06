import { SequiturError } from '@sequitur/core';
import { type AddedToken, AddedTokenSplitter } from './added-tokens.js';
import { AlignedText } from './aligned-text.js';
import { cleanUpSpaces } from './decoders/clean-up-spaces.js';
import { type CutLongest, fillTemplate, joinPieces, type Piece, padEncodings, truncate } from './encoding.js';
import { check } from './options.js';
import { type Template, type TemplateItem, templateLength } from './template.js';
import type {
  BatchOptions,
  DecodeOptions,
  EncodeOptions,
  Encoding,
  SpecialTokens,
  TokenizeOptions,
  Tokenizer,
  TokenizerFiles,
  WindowsOptions,
} from './tokenizer.js';
import type { Vocabulary } from './vocabulary.js';

/** The parts of a tokenizer, chosen by the file readers. */
export interface SubwordParts {
  readonly vocabulary: Vocabulary;
  /** The pieces of a span of text between added tokens. */
  readonly split: (text: AlignedText) => readonly Piece[];
  /** Decodes tokens to text. */
  readonly join: (tokens: readonly string[]) => string;
  /** A function that is applied to the whole text before added tokens are matched. */
  readonly prepare?: ((text: AlignedText) => AlignedText) | undefined;
  /** Tokens that are matched in the text before `split`; those outside the vocabulary extend it. */
  readonly addedTokens?: readonly AddedToken[] | undefined;
  /** Additional ids that decoding may skip. */
  readonly specialIds?: Iterable<number> | undefined;
  readonly specialTokens?: SpecialTokens | undefined;
  readonly template: Template;
  /** Whether decoding removes spaces before punctuation by default; default false. */
  readonly cleanUp?: boolean | undefined;
  readonly paddingTypeId?: number | undefined;
  /** The default side of padding and truncation; default `right`. */
  readonly paddingSide?: 'left' | 'right' | undefined;
  readonly truncationSide?: 'left' | 'right' | undefined;
  /** The rule by which two texts are truncated to a common length; default token by token. */
  readonly cutLongest?: CutLongest | undefined;
  /** Postprocesses the pieces of a whole text. */
  readonly finish?: ((pieces: readonly Piece[]) => readonly Piece[]) | undefined;
  readonly files: () => TokenizerFiles;
}

/** A tokenizer composed of parts; tokenizers of all kinds of vocabularies are instances of it. */
export class SubwordTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly specialTokens: SpecialTokens;
  readonly specialIds: ReadonlySet<number>;
  readonly cleanUp: boolean;
  readonly #parts: SubwordParts;
  readonly #added: AddedTokenSplitter;
  readonly #addedIds: ReadonlyMap<string, number>;
  readonly #addedContents: ReadonlyMap<number, string>;

  constructor(parts: SubwordParts) {
    const { vocabulary, addedTokens = [], specialTokens = {} } = parts;
    this.#parts = parts;
    this.#added = new AddedTokenSplitter(addedTokens.filter(({ normalized }) => !normalized));
    this.#addedIds = new Map(addedTokens.map(({ content, id }) => [content, id]));
    this.#addedContents = new Map(addedTokens.map(({ content, id }) => [id, content]));
    this.vocabularySize = addedTokens.reduce((size, { id }) => Math.max(size, id + 1), vocabulary.size);
    this.specialTokens = specialTokens;
    this.cleanUp = parts.cleanUp ?? false;
    const named = Object.values(specialTokens).flatMap((token) => this.tokenToId(token) ?? []);
    const added = addedTokens.filter(({ special }) => special).map(({ id }) => id);
    this.specialIds = new Set([...(parts.specialIds ?? []), ...named, ...added]);
  }

  encode(text: string, options?: EncodeOptions): number[] {
    check.encode(text, options);
    if (options?.specialTokens) return [...this.#encoding(text, undefined, {}).ids];
    return this.#pieces(text).map(({ id }) => id);
  }

  tokenize(text: string, options: TokenizeOptions = {}): Encoding {
    check.tokenize(text, options);
    const encoding = this.#encoding(text, options.pair, options);
    return options.padding ? this.#pad([encoding], options.padding)[0]! : encoding;
  }

  tokenizeBatch(texts: readonly (string | readonly [string, string])[], options: BatchOptions = {}): Encoding[] {
    check.tokenizeBatch(texts, options);
    const { padding = {}, ...rest } = options;
    const encodings = texts.map((text) =>
      typeof text === 'string' ? this.#encoding(text, undefined, rest) : this.#encoding(...text, rest),
    );
    return padding === false ? encodings : this.#pad(encodings, padding);
  }

  tokenizeWindows(text: string, options: WindowsOptions): Encoding[] {
    check.tokenizeWindows(text, options);
    const { pair, maxLength, overlap = 0, specialTokens = true } = options;
    const items = this.#items(pair !== undefined, specialTokens);
    const first = this.#pieces(text);
    const long = pair === undefined ? first : this.#pieces(pair);
    const room = maxLength - templateLength(items) - (pair === undefined ? 0 : first.length);
    if (room <= overlap) {
      throw new SequiturError({
        where: 'tokenizeWindows',
        expected: `room for more than the overlap of ${overlap} tokens in a window`,
        got: `room for ${room}`,
        fix: 'Use longer windows or a smaller overlap',
      });
    }
    const encodings: Encoding[] = [];
    for (let from = 0; from === 0 || from + overlap < long.length; from += room - overlap) {
      const window = long.slice(from, from + room);
      encodings.push(this.#fill(items, pair === undefined ? [window] : [first, window]));
    }
    return encodings;
  }

  decode(ids: readonly number[], options?: DecodeOptions): string {
    check.decode(ids, options);
    const { skipSpecialTokens = true, cleanUp = this.cleanUp, after = [] } = options ?? {};
    const text = after.length ? this.#joinAfter(after, ids, skipSpecialTokens) : this.#join(ids, skipSpecialTokens);
    return cleanUp ? cleanUpSpaces(text) : text;
  }

  tokenToId(token: string): number | undefined {
    return this.#addedIds.get(token) ?? this.#parts.vocabulary.idOf(token);
  }

  idToToken(id: number): string | undefined {
    return this.#addedContents.get(id) ?? this.#parts.vocabulary.tokenOf(id);
  }

  files(): TokenizerFiles {
    return this.#parts.files();
  }

  #join(ids: readonly number[], skipSpecialTokens: boolean): string {
    const kept = skipSpecialTokens ? ids.filter((id) => !this.specialIds.has(id)) : ids;
    // Ids beyond the vocabulary, which a padded embedding has, decode to nothing.
    return this.#parts.join(kept.flatMap((id) => this.idToToken(id) ?? []));
  }

  #joinAfter(after: readonly number[], ids: readonly number[], skipSpecialTokens: boolean): string {
    const before = this.#join(after, skipSpecialTokens);
    const whole = this.#join([...after, ...ids], skipSpecialTokens);
    return whole.startsWith(before) ? whole.slice(before.length) : this.#join(ids, skipSpecialTokens);
  }

  #pieces(text: string): readonly Piece[] {
    const { prepare, split, finish } = this.#parts;
    const aligned = AlignedText.of(text);
    const stretches = this.#added.split(prepare ? prepare(aligned) : aligned);
    const pieces = joinPieces(
      stretches.map(({ text: stretch, token }) => {
        if (!token) return split(stretch);
        const [start, end] = stretch.range(0, stretch.length);
        return [{ id: token.id, token: token.content, start, end, word: 0 }];
      }),
    );
    return finish ? finish(pieces) : pieces;
  }

  #encoding(
    text: string,
    pair: string | undefined,
    { specialTokens = true, truncation }: Omit<TokenizeOptions, 'padding'>,
  ): Encoding {
    const items = this.#items(pair !== undefined, specialTokens);
    const texts = (pair === undefined ? [text] : [text, pair]).map((each) => this.#pieces(each));
    if (!truncation) return this.#fill(items, texts);
    const { truncationSide, cutLongest } = this.#parts;
    const cut = { ...truncation, side: truncation.side ?? truncationSide };
    return this.#fill(items, truncate(texts, cut, templateLength(items), cutLongest));
  }

  #items(isPair: boolean, specialTokens: boolean): readonly TemplateItem[] {
    const items = this.#parts.template[isPair ? 'pair' : 'single'];
    return specialTokens ? items : items.filter((item) => 'sequence' in item);
  }

  #fill(items: readonly TemplateItem[], texts: readonly (readonly Piece[])[]): Encoding {
    return fillTemplate(items, texts, (id) => this.idToToken(id) ?? '');
  }

  #pad(encodings: readonly Encoding[], padding: NonNullable<TokenizeOptions['padding']>): Encoding[] {
    const equal = encodings.every(({ ids }) => ids.length === encodings[0]!.ids.length);
    if (equal && padding.length === undefined && padding.multipleOf === undefined) return [...encodings];
    const token = this.specialTokens.padding;
    const id = token === undefined ? undefined : this.tokenToId(token);
    if (token === undefined || id === undefined) {
      throw new SequiturError({
        where: 'tokenize, padding',
        expected: 'a tokenizer with a padding token',
        got: 'one without',
        fix: 'Encode the texts one by one, or truncate them to one length',
      });
    }
    return padEncodings(
      encodings,
      { ...padding, side: padding.side ?? this.#parts.paddingSide },
      { id, token, typeId: this.#parts.paddingTypeId ?? 0 },
    );
  }
}
