import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** Sampling settings; a setting that is off changes nothing. */
export interface SamplingSettings {
  /** 0: greedy. */
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

/** A text: the prompt, and the generated tokens. */
export interface TextSoFar {
  readonly ref: ModelRef;
  readonly prompt: string;
  readonly written: readonly number[];
}

export interface Alternative {
  readonly id: number;
  readonly text: string;
  /** The model's probability, before truncation. */
  readonly probability: number;
  /** The sampling probability after all settings; 0 if truncated. */
  readonly drawn: number;
}

/** A generated token with its alternatives. */
export interface WrittenToken {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  /** Most likely first. */
  readonly alternatives: readonly Alternative[];
  /** Number of tokens after truncation, and in total. */
  readonly kept: number;
  readonly vocabularySize: number;
}

export interface WriteCommands {
  /**
   * Continues the text token by token.
   * @returns the reason for the end, and the speed
   */
  readonly 'write.on': Command<
    TextSoFar & { readonly settings: SamplingSettings; readonly maxTokens: number },
    { readonly seconds: number; readonly firstToken: number },
    WrittenToken
  >;
  /** The next-token distribution under these settings. */
  readonly 'write.next': Command<
    TextSoFar & { readonly settings: SamplingSettings },
    Omit<WrittenToken, 'id' | 'text' | 'probability'>
  >;
  /** The greedy continuation by `tokens` tokens, as text. */
  readonly 'write.preview': Command<TextSoFar & { readonly tokens: number }, string>;
  /** Bytes of the state by sequence length. */
  readonly 'write.memory': Command<
    { readonly ref: ModelRef },
    { readonly tokens: readonly number[]; readonly bytes: readonly number[] }
  >;
}
