import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** How the next token is drawn; a setting that is off changes nothing. */
export interface SamplingSettings {
  /** 0: always the likeliest. */
  readonly temperature: number;
  /** 1: off. */
  readonly topP: number;
  /** 0: off. */
  readonly topK: number;
  /** 0: off. */
  readonly minP: number;
  /** 1: off. */
  readonly repetitionPenalty: number;
  readonly seed: number;
}

/** Where a text stands: the prompt, and the tokens that were written after it. */
export interface TextSoFar {
  readonly ref: ModelRef;
  readonly prompt: string;
  readonly written: readonly number[];
}

export interface Alternative {
  readonly id: number;
  readonly text: string;
  /** As the model says, before anything is cut. */
  readonly probability: number;
  /** As it is drawn, after all settings; 0 where it was cut. */
  readonly drawn: number;
}

/** A token that was written, and what else could have been. */
export interface WrittenToken {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  /** The likeliest first. */
  readonly alternatives: readonly Alternative[];
  /** How many tokens could be drawn, of how many. */
  readonly kept: number;
  readonly vocabularySize: number;
}

export interface WriteCommands {
  /** Goes on writing, token by token. @returns why it ended, and how fast it was */
  readonly 'write.on': Command<
    TextSoFar & { readonly settings: SamplingSettings; readonly maxTokens: number },
    { readonly seconds: number; readonly firstToken: number },
    WrittenToken
  >;
  /** What could come next here, under these settings. */
  readonly 'write.next': Command<
    TextSoFar & { readonly settings: SamplingSettings },
    Omit<WrittenToken, 'id' | 'text' | 'probability'>
  >;
  /** So many greedy tokens from here, as text. */
  readonly 'write.preview': Command<TextSoFar & { readonly tokens: number }, string>;
  /** Bytes of state after ever more tokens. */
  readonly 'write.memory': Command<
    { readonly ref: ModelRef },
    { readonly tokens: readonly number[]; readonly bytes: readonly number[] }
  >;
}
