import {
  type CausalModel,
  checkArgument,
  disposeState,
  mapState,
  option,
  SequiturError,
  type StateTree,
} from '@sequitur/core';
import { type GenerateOptions, type GenerationSettings, generate } from '@sequitur/generation';
import {
  beforeStop,
  type TextGenerateOptions,
  type Tokenizer,
  textPieces,
  withCheckpointSettings,
} from '@sequitur/text';
import { ContinuedModel } from './continued-model.js';
import type { ChatTemplate, Message } from './template-source.js';

export interface ConversationParts {
  readonly model: CausalModel;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Tokens that end an answer. */
  readonly endTokens: readonly number[];
  /** Messages before the first turn. */
  readonly messages?: readonly Message[];
  /** The generation settings of the checkpoint, by their Hugging Face names: defaults of the options. */
  readonly generation?: GenerationSettings | undefined;
}

/** Numbers of tokens of one turn. */
export interface TurnUsage {
  /** Tokens of all messages, formatted by the template. */
  readonly prompt: number;
  /** The number of them that were in the state already. */
  readonly reused: number;
  readonly written: number;
  /** Whether the last generated token is an end token. */
  readonly ended: boolean;
}

const UNFIT = ['sequences', 'beamSearch', 'contrastive', 'speculation', 'whenFull'] as const;

/**
 * Options of one answer, which is generated token by token. Defaults are the generation settings of the checkpoint.
 * Stop strings are not part of the output.
 */
export type SayOptions = Omit<TextGenerateOptions, (typeof UNFIT)[number]>;

/**
 * A conversation that keeps the model's state, so that a turn reads only new tokens. The input is the chat template
 * applied to all messages. The caller disposes the conversation, not the model.
 */
export class Conversation {
  readonly #parts: ConversationParts;
  #messages: readonly Message[];
  /** The tokens of the state, `#read.length` of them, and perhaps more. */
  #tokens: readonly number[] = [];
  #read: { readonly state: StateTree; readonly length: number } | null = null;
  #isSpeaking = false;
  #reused = 0;
  #usage: TurnUsage = { prompt: 0, reused: 0, written: 0, ended: false };
  #isDisposed = false;

  /**
   * Starts a conversation.
   *
   * @throws SequiturError where the messages are not a list of roles and contents
   */
  constructor(parts: ConversationParts) {
    checkArgument('Conversation, messages', messagesRule, parts.messages ?? []);
    this.#parts = parts;
    this.#messages = parts.messages ?? [];
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Numbers of tokens of the last turn. */
  get usage(): TurnUsage {
    return this.#usage;
  }

  /** Number of tokens in the state. */
  get cached(): number {
    return this.#read?.length ?? 0;
  }

  /**
   * Sends a message and yields the answer piece by piece. Leaving the loop early keeps the partial answer; if nothing
   * was generated, because of an error or an abort, the message is not kept either.
   *
   * @throws SequiturError during another answer, and where the conversation is longer than the model's context
   */
  async *say(content: string, options: SayOptions = {}): AsyncGenerator<string> {
    this.#checkFree('say');
    checkArgument('Conversation.say, content', option.text, content);
    checkArgument('Conversation.say, options', option.anObject, options);
    checkFit(options as GenerateOptions);
    this.#isSpeaking = true;
    try {
      yield* this.#answer(content, options);
    } finally {
      this.#isSpeaking = false;
    }
  }

  /** Clears the conversation except for its initial messages. */
  clear(): void {
    this.#checkFree('clear');
    this.#clearState();
    this.#messages = this.#parts.messages ?? [];
    this.#tokens = [];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#clearState();
  }

  async *#answer(content: string, options: SayOptions): AsyncGenerator<string> {
    const { template, tokenizer, endTokens: ends, generation } = this.#parts;
    const asked = [...this.#messages, { role: 'user', content }];
    // All messages are encoded again, since tokens may merge across turns; the model reads only those that differ.
    const prompt = tokenizer.encode(await template(asked, { forAnswer: true }));
    const { endTokens = ends } = options;
    const settings = withCheckpointSettings(
      'Conversation.say',
      { ...options, endTokens },
      {
        ...{ tokenizer, prompt: { length: prompt.length } },
        settings: { max_length: null, ...generation, eos_token_id: [...endTokens] },
      },
    );
    checkFit(settings, 'Change this setting of generation_config.json, or call generate with the tokens');
    const written: number[] = [];
    let answer = '';
    try {
      const pieces = textPieces(this.#generate(prompt, written, settings), tokenizer, { endTokens });
      for await (const piece of beforeStop(pieces, settings.stop?.strings ?? [])) {
        answer += piece;
        yield piece;
      }
    } finally {
      this.#tokens = [...prompt, ...written];
      const ended = endTokens.includes(written.at(-1)!);
      this.#usage = { prompt: prompt.length, reused: this.#reused, written: written.length, ended };
      if (written.length > 0) this.#messages = [...asked, { role: 'assistant', content: answer }];
    }
  }

  async *#generate(prompt: readonly number[], written: number[], options: GenerateOptions): AsyncGenerator<number> {
    const { model } = this.#parts;
    if (prompt.length > model.contextLength) throw tooLong(prompt.length, model);
    const start = this.#sharedWith(prompt);
    this.#reused = start?.length ?? 0;
    const continued = new ContinuedModel(model, start?.state ?? null, start?.length ?? 0, (state, added) =>
      this.#keep(state, added),
    );
    for await (const [token] of generate(continued, [prompt], options)) {
      if (token === null || token === undefined) return;
      written.push(token);
      yield token;
    }
  }

  #keep(state: StateTree, added: number): void {
    if (this.#isDisposed) return;
    const length = this.cached + added;
    const kept = mapState(state, (tensor) => tensor.clone());
    this.#clearState();
    this.#read = { state: kept, length };
  }

  /** The state, if the prompt continues it by at least one token; else null. */
  #sharedWith(prompt: readonly number[]): { readonly state: StateTree; readonly length: number } | null {
    const continues =
      this.cached < prompt.length && this.#tokens.slice(0, this.cached).every((token, i) => token === prompt[i]);
    if (!continues) this.#clearState();
    return this.#read;
  }

  #clearState(): void {
    if (this.#read) disposeState(this.#read.state);
    this.#read = null;
  }

  #checkFree(call: string): void {
    const fault = (expected: string, got: string) =>
      new SequiturError({ where: `Conversation.${call}`, expected, got });
    if (this.#isDisposed) throw fault('a conversation that is in use', 'one that was disposed');
    if (this.#isSpeaking)
      throw fault('one answer at a time', 'a call during another answer: read that one to its end, or leave its loop');
  }
}

const messagesRule = option.listOf(
  option.kind<Message>('a message with a role and a content, both strings', (value) => {
    const { role, content } = (value ?? {}) as Partial<Message>;
    return typeof role === 'string' && typeof content === 'string';
  }),
);

function checkFit(options: GenerateOptions, fix = 'Call generate with the tokens of the conversation'): void {
  const unfit = UNFIT.find((name) => options[name] !== undefined && !(name === 'sequences' && options[name] === 1));
  if (!unfit) return;
  throw new SequiturError({
    where: `Conversation.say, ${unfit}`,
    expected: 'no such option: an answer is one text, generated token by token',
    got: 'a value',
    fix,
  });
}

function tooLong(length: number, { contextLength }: CausalModel): SequiturError {
  return new SequiturError({
    where: 'Conversation.say',
    expected: `at most ${contextLength} tokens in the whole conversation`,
    got: `${length}`,
    fix: 'Start a new conversation, or clear this one',
  });
}
