import type { Command } from './messages.js';
import type { GivenFile } from './models.js';

/** `pronounce` is a translation, from letters to phonemes. */
export type ReadTask = 'understand' | 'pronounce' | 'translate' | 'fillMask' | 'classify' | 'names' | 'answer';

/** A model that reads, and what its card says: it comes with the site, or was opened here. */
export interface SiteModel {
  readonly name: string;
  readonly title: string;
  readonly task: ReadTask | 'write';
  /** One sentence. */
  readonly description: string;
  /** Texts to try it with. */
  readonly examples: readonly string[];
  readonly parameters: number;
  readonly bytes: number;
  /** The headline metric; null if it was not measured. */
  readonly measured: { readonly what: string; readonly value: number } | null;
  readonly minutes: number | null;
  /** Parts of the card by their headings. */
  readonly card: readonly { readonly title: string; readonly text: string }[];
  /** A folder that was opened here: it can be removed. */
  readonly isOwn: boolean;
}

/** A stretch of the text, in its characters, and what it is. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}

/** Something that could be the answer, and how sure the model is of it. */
export interface Choice {
  readonly label: string;
  readonly score: number;
}

/** What was written from a source. */
export interface Rendering {
  /** Whole readings, the best first, each with its probability. */
  readonly readings: readonly Choice[];
  readonly source: readonly string[];
  /** Tokens of the best one, and how sure each is given those before it. */
  readonly target: readonly Choice[];
  /** [target, source], row after row: what each token was read from, the mean of the last layer's heads. */
  readonly weights: Float32Array;
}

export type Answer =
  | { readonly task: 'understand'; readonly intent: string; readonly score: number; readonly spans: readonly Span[] }
  | ({ readonly task: 'translate' } & Rendering)
  /** The candidates for each mask. */
  | { readonly task: 'fillMask'; readonly masks: readonly (readonly Choice[])[] }
  | { readonly task: 'classify'; readonly labels: readonly Choice[] }
  | { readonly task: 'names'; readonly spans: readonly Span[] }
  /** Spans of the context, the most likely first. */
  | { readonly task: 'answer'; readonly spans: readonly Span[] };

export interface ReadCommands {
  readonly 'read.models': Command<void, readonly SiteModel[]>;
  /** @param context what a question is about */
  readonly 'read.answer': Command<
    { readonly name: string; readonly text: string; readonly context?: string | undefined },
    Answer
  >;
  /** Keeps a folder of an encoder or a translator, or a zip of one. @returns its name */
  readonly 'read.add': Command<{ readonly files: readonly GivenFile[] }, { readonly name: string }>;
  readonly 'read.remove': Command<{ readonly name: string }>;
}
