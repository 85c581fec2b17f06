import type { Seen } from '../../protocol/see.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';

const SENTENCE = 'The king saw the old woman before he';
const MODEL = 'site:stories-gpt';
const PAUSE_MS = 150;

/** State of the room See: a sentence, and the intermediate values of a small model. */
class SeeState {
  text = $state(SENTENCE);
  layer = $state(0);
  head = $state(0);
  /** The query token; null for the last one. */
  chosen = $state<number | null>(null);
  seen = $state.raw<Seen | null>(null);
  /** Whether `seen` is for the current sentence. */
  isFresh = $state(false);
  trouble = $state<string | null>(null);
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  readonly asker: number = $derived(
    Math.min(this.chosen ?? Number.POSITIVE_INFINITY, (this.seen?.tokens.length ?? 1) - 1),
  );

  get link(): string {
    return queryOf([
      ['text', this.text],
      ['layer', this.layer + 1],
      ['head', this.head + 1],
    ]);
  }

  open(query: string): void {
    const entries = entriesOf(query);
    this.layer = Math.max(0, Number(entries.get('layer')?.[0] ?? 1) - 1) || 0;
    this.head = Math.max(0, Number(entries.get('head')?.[0] ?? 1) - 1) || 0;
    this.ask(entries.get('text')?.[0] ?? this.text, 0);
  }

  /** Reads after a pause; old values are dimmed until new ones arrive. */
  ask(text: string, pause = PAUSE_MS): void {
    this.text = text;
    this.isFresh = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#read(), pause);
  }

  /** Attention weights of a query, in one head. */
  weights(query: number, layer = this.layer, head = this.head): number[] {
    const { seen } = this;
    if (!seen) return [];
    const { tokens, heads, layers, weights } = seen;
    const length = tokens.length;
    const start = ((Math.min(layer, layers - 1) * heads + Math.min(head, heads - 1)) * length + query) * length;
    return Array.from(weights.slice(start, start + query + 1));
  }

  async #read(): Promise<void> {
    const asked = ++this.#asked;
    if (!this.text.trim()) return;
    try {
      const seen = await engine.line.call('see.read', { ref: MODEL, text: this.text });
      if (asked !== this.#asked) return;
      this.seen = seen;
      this.isFresh = true;
      this.trouble = null;
    } catch (error) {
      if (asked === this.#asked) this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const see = new SeeState();
