import type { Seen, SeenHead } from '../../protocol/see.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';
import example from './example.json';

const MODEL = 'site:stories-gpt';
const PAUSE_MS = 150;

/** What the room See shows: a sentence, and what a small model makes of it. It begins with an example that was computed before. */
class SeeState {
  text = $state(example.text);
  layer = $state(example.layer);
  head = $state(example.head);
  /** The token that asks; null: the last one. */
  chosen = $state<number | null>(null);
  seen = $state.raw<Seen>(example.seen);
  view = $state.raw<SeenHead>(example.view as SeenHead);
  /** Whether everything shown is for the current sentence and head. */
  isFresh = $state(true);
  trouble = $state<string | null>(null);
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  readonly asker: number = $derived(Math.min(this.chosen ?? Number.POSITIVE_INFINITY, this.seen.tokens.length - 1));

  get link(): string {
    return queryOf([
      ['text', this.text],
      ['layer', this.layer + 1],
      ['head', this.head + 1],
    ]);
  }

  open(query: string): void {
    const entries = entriesOf(query);
    const counted = (name: string, otherwise: number) => {
      const value = Number(entries.get(name)?.[0]);
      return Number.isInteger(value) && value >= 1 ? value - 1 : otherwise;
    };
    const [text, layer, head] = [
      entries.get('text')?.[0] ?? this.text,
      counted('layer', this.layer),
      counted('head', this.head),
    ];
    const isShown = text === this.text && layer === this.layer && head === this.head;
    this.layer = layer;
    this.head = head;
    if (!isShown || !this.isFresh) this.ask(text, 0);
  }

  /** Reads after a pause; old numbers stay, dimmed, until new ones are there. */
  ask(text: string, pause = PAUSE_MS): void {
    this.text = text;
    this.isFresh = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#read(), pause);
  }

  /** Looks at another head. */
  choose(layer: number, head: number): void {
    this.layer = layer;
    this.head = head;
    this.ask(this.text, 0);
  }

  /** How much a token takes of each up to itself, in one head. */
  weights(query: number, layer = this.layer, head = this.head): number[] {
    const { tokens, heads, layers, weights } = this.seen;
    const length = tokens.length;
    const start = ((Math.min(layer, layers - 1) * heads + Math.min(head, heads - 1)) * length + query) * length;
    return Array.from({ length: query + 1 }, (_, key) => weights[start + key]!);
  }

  async #read(): Promise<void> {
    const asked = ++this.#asked;
    const { text } = this;
    if (!text.trim()) return;
    try {
      const seen = await engine.line.call('see.read', { ref: MODEL, text });
      this.layer = Math.min(this.layer, seen.layers - 1);
      this.head = Math.min(this.head, seen.heads - 1);
      const view = await engine.line.call('see.head', { ref: MODEL, text, layer: this.layer, head: this.head });
      if (asked !== this.#asked) return;
      this.seen = seen;
      this.view = view;
      this.isFresh = true;
      this.trouble = null;
    } catch (error) {
      if (asked === this.#asked) this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const see = new SeeState();
