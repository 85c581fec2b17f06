import { type CausalModel, disposeState, mapState, SequiturError, type StateTree } from '@sequitur/core';
import { type GenerateOptions, generate } from '@sequitur/generation';
import { type Tokenizer, textPieces } from '@sequitur/text';
import { ContinuedModel } from './continued-model.js';
import type { ChatTemplate, Message } from './template.js';

export interface ConversationParts {
  readonly model: CausalModel;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Tokens that end an answer. */
  readonly endTokens: readonly number[];
  /** What stands before the first turn. */
  readonly messages?: readonly Message[];
}

/** One candidate, token by token: what a conversation can go on from. */
export type SayOptions = Omit<GenerateOptions, 'sequences' | 'beamSearch' | 'contrastive' | 'speculation' | 'whenFull'>;

/**
 * A conversation that keeps what the model has read: each turn feeds only what is new. The caller disposes it, not the
 * model.
 */
export class Conversation {
  readonly #parts: ConversationParts;
  #messages: readonly Message[];
  /** The conversation as text and as tokens, up to the end of the last answer. */
  #text = '';
  #tokens: readonly number[] = [];
  #read: { readonly state: StateTree; readonly length: number } | null = null;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#messages = parts.messages ?? [];
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** How many tokens the model has read and need not read again. */
  get cached(): number {
    return this.#read?.length ?? 0;
  }

  /**
   * Says something and gives the answer, piece by piece. Leaving early keeps what was said so far as the answer.
   *
   * @throws SequiturError when the conversation is longer than the model's context
   */
  async *say(content: string, options: SayOptions = {}): AsyncGenerator<string> {
    const { template, tokenizer, endTokens: ends } = this.#parts;
    const asked = [...this.#messages, { role: 'user', content }];
    const text = template(asked, { forAnswer: true });
    const prompt = this.#encode(text);
    const { endTokens = ends } = options;
    const written: number[] = [];
    let answer = '';
    try {
      for await (const piece of textPieces(
        this.#generate(prompt, written, { ...options, endTokens }),
        tokenizer,
        endTokens,
      )) {
        answer += piece;
        yield piece;
      }
    } finally {
      this.#messages = [...asked, { role: 'assistant', content: answer }];
      this.#tokens = [...prompt, ...written];
      this.#text =
        text +
        answer +
        tokenizer.decode(
          written.filter((token) => endTokens.includes(token)),
          { skipSpecialTokens: false },
        );
    }
  }

  /** Forgets everything that was said. */
  clear(): void {
    this.#forget();
    this.#messages = this.#parts.messages ?? [];
    this.#tokens = [];
    this.#text = '';
  }

  dispose(): void {
    this.#forget();
  }

  async *#generate(prompt: readonly number[], written: number[], options: GenerateOptions): AsyncGenerator<number> {
    const start = this.#sharedWith(prompt);
    const continued = new ContinuedModel(
      this.#parts.model,
      start?.state ?? null,
      start?.length ?? 0,
      (state, added) => {
        const length = this.cached + added;
        const kept = mapState(state, (tensor) => tensor.clone());
        this.#forget();
        this.#read = { state: kept, length };
      },
    );
    if (continued.contextLength < prompt.length - this.cached) throw tooLong(prompt.length, this.#parts.model);
    for await (const [token] of generate(continued, [prompt.slice(this.cached)], options)) {
      if (token === null || token === undefined) return;
      written.push(token);
      yield token;
    }
  }

  /** What was read, where the prompt goes on from it and adds something; else all is read anew. */
  #sharedWith(prompt: readonly number[]): { readonly state: StateTree; readonly length: number } | null {
    const goesOn =
      this.cached < prompt.length && this.#tokens.slice(0, this.cached).every((token, i) => token === prompt[i]);
    if (!goesOn) this.#forget();
    return this.#read;
  }

  /** Only what follows the last answer is made tokens of: the answer keeps those that it was written with. */
  #encode(text: string): readonly number[] {
    const { tokenizer } = this.#parts;
    if (this.#text && text.startsWith(this.#text)) {
      return [...this.#tokens, ...tokenizer.encode(text.slice(this.#text.length))];
    }
    return tokenizer.encode(text);
  }

  #forget(): void {
    if (this.#read) disposeState(this.#read.state);
    this.#read = null;
  }
}

function tooLong(length: number, { contextLength }: CausalModel): SequiturError {
  return new SequiturError({
    where: 'Conversation.say',
    expected: `at most ${contextLength} tokens in the whole conversation`,
    got: `${length}`,
    fix: 'Start a new conversation, or clear this one',
  });
}
