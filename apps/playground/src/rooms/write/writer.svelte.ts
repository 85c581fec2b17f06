import type { BeamTree, ChatMessage, SamplingSettings, TextSoFar, WrittenToken } from '../../protocol/write.js';
import { engine } from '../../stores/engine.svelte.js';
import { type Branch, perplexityOf } from './branches.js';

export const MOST_TOKENS = 120;
const PREVIEW = 12;

/** What all writers of the room share. */
export interface Shared {
  readonly prompt: string;
  readonly settings: SamplingSettings;
  readonly messages: readonly ChatMessage[] | null;
  readonly beams: { readonly beams: number; readonly tokens: number; readonly lengthPenalty: number };
  fail(error: unknown): void;
}

/** State of one model: its text, the branches, and the speed. */
export class Writer {
  ref = $state('');
  tokens = $state.raw<readonly WrittenToken[]>([]);
  branches = $state.raw<readonly Branch[]>([]);
  /** The token whose alternatives are shown. */
  chosen = $state<number | null>(null);
  preview = $state<string | null>(null);
  isWriting = $state(false);
  hasEnded = $state(false);
  speed = $state<{ readonly perSecond: number; readonly firstToken: number } | null>(null);
  about = $state.raw<{ tokens: readonly number[]; bytes: readonly number[]; hasChat: boolean } | null>(null);
  tree = $state.raw<BeamTree | null>(null);
  readonly #shared: Shared;
  #stop: AbortController | null = null;

  readonly perplexity: number | null = $derived(perplexityOf(this.tokens));
  readonly text: string = $derived(this.tokens.map(({ text }) => text).join(''));
  /** Bytes of its current state. */
  readonly stateBytes: number | null = $derived.by(() => {
    if (!this.about) return null;
    const { tokens, bytes } = this.about;
    const index = tokens.findIndex((count) => count >= this.tokens.length + 1);
    return bytes[index < 0 ? bytes.length - 1 : index] ?? null;
  });

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  async choose(ref: string): Promise<void> {
    if (ref === this.ref) return;
    this.stop();
    this.ref = ref;
    this.forget();
    await this.#try(async () => {
      this.about = await engine.line.call('write.about', { ref });
    });
  }

  /** Starts again without keeping the text. */
  forget(): void {
    this.tokens = [];
    this.branches = [];
    this.chosen = null;
    this.tree = null;
    this.hasEnded = false;
  }

  /** Starts again from the prompt; the generated text is kept as a branch. */
  restart(): void {
    this.#keep();
    this.tokens = [];
    this.chosen = null;
    this.tree = null;
    this.hasEnded = false;
  }

  async write(count = MOST_TOKENS): Promise<void> {
    this.chosen = null;
    this.tree = null;
    this.#stop = new AbortController();
    this.isWriting = true;
    const started = performance.now();
    const before = this.tokens.length;
    await this.#try(async () => {
      const input = { ...this.#text(), settings: this.#shared.settings, maxTokens: count };
      const onPart = (token: WrittenToken) => {
        this.tokens = [...this.tokens, token];
        const perSecond = (1000 * (this.tokens.length - before)) / (performance.now() - started);
        this.speed = { perSecond, firstToken: this.speed?.firstToken ?? 0 };
      };
      const done = await engine.line.call('write.on', input, { signal: this.#stop!.signal, onPart });
      this.speed = { perSecond: (this.tokens.length - before) / done.seconds, firstToken: done.firstToken };
      this.hasEnded = done.hasEnded;
    });
    this.isWriting = false;
  }

  /** Searches with beams, and shows the search. */
  async search(): Promise<void> {
    this.chosen = null;
    this.isWriting = true;
    await this.#try(async () => {
      this.tree = await engine.line.call('write.beams', { ...this.#text(), ...this.#shared.beams });
    });
    this.isWriting = false;
  }

  stop(): void {
    this.#stop?.abort();
    this.isWriting = false;
  }

  /** Previews the continuation with another token at the chosen position. */
  async look(place: number, id: number): Promise<void> {
    this.preview = null;
    const written = [...this.tokens.slice(0, place).map((token) => token.id), id];
    await this.#try(async () => {
      this.preview = await engine.line.call('write.preview', { ...this.#text(), written, tokens: PREVIEW });
    });
  }

  /** Takes another token at that position, and continues from there. */
  async branch(place: number, id: number): Promise<void> {
    const token = this.tokens[place]!;
    const other = token.alternatives.find((alternative) => alternative.id === id)!;
    this.#keep();
    this.tokens = [...this.tokens.slice(0, place), { ...token, id, text: other.text, probability: other.probability }];
    await this.write(Math.max(1, MOST_TOKENS - place));
  }

  /** Goes back to a text that was kept. */
  take({ tokens }: Branch): void {
    this.#keep();
    this.tokens = tokens;
    this.chosen = null;
  }

  /** Continues a sequence of the beam search. */
  async adopt(ids: readonly number[]): Promise<void> {
    const written = [...this.tokens.map(({ id }) => id), ...ids];
    await this.#try(async () => {
      const told = await engine.line.call('write.told', { ...this.#text(), written, settings: this.#shared.settings });
      this.#keep();
      this.tokens = told;
      this.tree = null;
    });
  }

  /** The distribution of the chosen token, or of the last one, under the current settings. */
  async redraw(): Promise<void> {
    if (this.tokens.length === 0) return;
    const place = this.chosen ?? this.tokens.length - 1;
    const written = this.tokens.slice(0, place).map((token) => token.id);
    await this.#try(async () => {
      const input = { ...this.#text(), written, settings: this.#shared.settings };
      const choice = await engine.line.call('write.next', input);
      this.tokens = this.tokens.map((token, index) => (index === place ? { ...token, ...choice } : token));
    });
  }

  #text(): TextSoFar {
    const { prompt, messages } = this.#shared;
    return { ref: this.ref, prompt, written: this.tokens.map(({ id }) => id), ...(messages && { messages }) };
  }

  #keep(): void {
    const ids = (tokens: readonly WrittenToken[]) => tokens.map(({ id }) => id).join();
    const isNew = this.tokens.length > 0 && !this.branches.some(({ tokens }) => ids(tokens) === ids(this.tokens));
    if (isNew) this.branches = [...this.branches, { tokens: this.tokens }];
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
    } catch (error) {
      if ((error as Error)?.name !== 'AbortError') this.#shared.fail(error);
    }
  }
}
