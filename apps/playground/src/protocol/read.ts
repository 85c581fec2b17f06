import type { Command } from './messages.js';

export type ReadTask = 'understand' | 'pronounce' | 'fillMask';

/** A model that comes with the site, and what its card says. */
export interface SiteModel {
  readonly name: string;
  readonly task: ReadTask | 'write';
  /** One sentence. */
  readonly does: string;
  /** Texts to try it with. */
  readonly tries: readonly string[];
  readonly parameters: number;
  readonly bytes: number;
  /** The figure that says best how good it is. */
  readonly measured: { readonly what: string; readonly value: number };
  readonly minutes: number;
  /** Parts of the card by their headings. */
  readonly card: readonly { readonly title: string; readonly text: string }[];
}

/** A stretch of the text, in its characters, and what it is. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}

export type Answer =
  | { readonly task: 'understand'; readonly intent: string; readonly score: number; readonly spans: readonly Span[] }
  /** The best first; shares of those that were found. */
  | { readonly task: 'pronounce'; readonly readings: readonly { readonly text: string; readonly share: number }[] }
  /** For each mask what could stand there. */
  | {
      readonly task: 'fillMask';
      readonly masks: readonly (readonly { readonly token: string; readonly score: number }[])[];
    };

export interface ReadCommands {
  readonly 'read.models': Command<void, readonly SiteModel[]>;
  readonly 'read.answer': Command<{ readonly name: string; readonly text: string }, Answer>;
}
