import type { Command } from './messages.js';
import type { ModelRef } from './models.js';

/** How the next token is drawn; a setting that is off changes nothing. */
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
  readonly typical: number;
  /** 0: off. */
  readonly epsilonCutoff: number;
  /** 0: off. */
  readonly etaCutoff: number;
  /** 1: off. */
  readonly repetitionPenalty: number;
  /** 0: off. */
  readonly presencePenalty: number;
  /** 0: off. */
  readonly frequencyPenalty: number;
  /** 0: off. */
  readonly noRepeatNgram: number;
  readonly seed: number;
}

/** Settings in links, in this order; a link may omit the last ones. */
export const usualSampling: SamplingSettings = {
  ...{ temperature: 0.8, topP: 0.95, topK: 0, minP: 0, repetitionPenalty: 1.1, seed: 7 },
  ...{ typical: 1, epsilonCutoff: 0, etaCutoff: 0, presencePenalty: 0, frequencyPenalty: 0, noRepeatNgram: 0 },
};

/** One turn of a chat. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A text: the prompt, and the generated tokens. */
export interface TextSoFar {
  readonly ref: ModelRef;
  readonly prompt: string;
  /** The messages of a chat so far, in place of the prompt, for the model's template. */
  readonly messages?: readonly ChatMessage[] | undefined;
  readonly written: readonly number[];
}

export interface Alternative {
  readonly id: number;
  readonly text: string;
  /** As the model says, before anything is changed. */
  readonly probability: number;
  /** As it is drawn, after all settings; 0 where it was cut. */
  readonly drawn: number;
}

/** What could come next. */
export interface Choice {
  /** Most likely first. */
  readonly alternatives: readonly Alternative[];
  /** Number of tokens that could be drawn, and the size of the vocabulary. */
  readonly kept: number;
  readonly vocabularySize: number;
  /** The setting that cut last; none where all can be drawn. */
  readonly cutBy: string | null;
}

/** A token that was written, and what else could have been. */
export interface WrittenToken extends Choice {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** One live beam after one step of the search. */
export interface BeamNode {
  readonly id: number;
  readonly text: string;
  /** The beam of the step before that it continues. */
  readonly parent: number;
  /** As the model says, after its parent. */
  readonly probability: number;
  /** Sum of logarithms from the prompt on, in nats. */
  readonly total: number;
}

/** A beam search, step by step. */
export interface BeamTree {
  readonly steps: readonly (readonly BeamNode[])[];
  /** What it found, the best first. */
  readonly found: readonly { readonly ids: readonly number[]; readonly text: string; readonly score: number }[];
}

export interface WriteCommands {
  /**
   * Continues the text token by token.
   * @returns the reason for the end, and the speed
   */
  readonly 'write.on': Command<
    TextSoFar & { readonly settings: SamplingSettings; readonly maxTokens: number },
    { readonly seconds: number; readonly firstToken: number; readonly hasEnded: boolean },
    WrittenToken
  >;
  /** What could come next here, under these settings. */
  readonly 'write.next': Command<TextSoFar & { readonly settings: SamplingSettings }, Choice>;
  /** Tokens that are given, as if they had been written: what else could have been at each. */
  readonly 'write.told': Command<TextSoFar & { readonly settings: SamplingSettings }, readonly WrittenToken[]>;
  /** The greedy continuation by `tokens` tokens, as text. */
  readonly 'write.preview': Command<TextSoFar & { readonly tokens: number }, string>;
  readonly 'write.beams': Command<
    TextSoFar & { readonly beams: number; readonly tokens: number; readonly lengthPenalty: number },
    BeamTree
  >;
  /** What the room has to know of a model: bytes of state after ever more tokens, and whether it can chat. */
  readonly 'write.about': Command<
    { readonly ref: ModelRef },
    { readonly tokens: readonly number[]; readonly bytes: readonly number[]; readonly hasChat: boolean }
  >;
}
