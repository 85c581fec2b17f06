import type { GivenFile, ModelInfo } from '../../protocol/models.js';
import type { SamplingSettings, TextSoFar, WrittenToken } from '../../protocol/write.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';
import { type Branch, perplexityOf } from './branches.js';

const PROMPT = 'Once upon a time';
const MOST_TOKENS = 120;
const PREVIEW = 12;

const usual: SamplingSettings = { temperature: 0.8, topP: 0.95, topK: 0, minP: 0, repetitionPenalty: 1.1, seed: 7 };

/** State of the room Write: a model, a prompt, and the generated text. */
class WriteState {
  models = $state.raw<readonly ModelInfo[]>([]);
  ref = $state('');
  prompt = $state(PROMPT);
  settings = $state.raw<SamplingSettings>(usual);
  tokens = $state.raw<readonly WrittenToken[]>([]);
  branches = $state.raw<readonly Branch[]>([]);
  /** The token whose alternatives are shown. */
  chosen = $state<number | null>(null);
  preview = $state<string | null>(null);
  isWriting = $state(false);
  speed = $state<{ readonly perSecond: number; readonly firstToken: number } | null>(null);
  memory = $state.raw<{ readonly tokens: readonly number[]; readonly bytes: readonly number[] } | null>(null);
  trouble = $state<string | null>(null);
  #stop: AbortController | null = null;

  readonly model: ModelInfo | undefined = $derived(this.models.find(({ ref }) => ref === this.ref));
  readonly perplexity: number | null = $derived(perplexityOf(this.tokens));

  get link(): string {
    const { temperature, topP, topK, minP, repetitionPenalty, seed } = this.settings;
    const sampling = [temperature, topP, topK, minP, repetitionPenalty, seed].join(',');
    return queryOf([
      ['model', this.ref || undefined],
      ['prompt', this.prompt],
      ['sampling', sampling],
    ]);
  }

  async open(query: string): Promise<void> {
    const entries = entriesOf(query);
    const one = (name: string) => entries.get(name)?.[0];
    this.prompt = one('prompt') ?? this.prompt;
    const values = one('sampling')?.split(',').map(Number);
    if (values?.length === 6 && values.every(Number.isFinite)) {
      const [temperature, topP, topK, minP, repetitionPenalty, seed] = values as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      this.settings = { temperature, topP, topK, minP, repetitionPenalty, seed };
    }
    await this.#try(async () => {
      this.models = await engine.line.call('models.list', undefined);
      const wanted = one('model') ?? this.ref;
      const found = this.models.find(({ ref }) => ref === wanted) ?? this.models.at(-1);
      if (found) await this.choose(found.ref);
    });
  }

  async choose(ref: string): Promise<void> {
    if (ref === this.ref) return;
    this.stop();
    this.ref = ref;
    this.tokens = [];
    this.branches = [];
    this.chosen = null;
    await this.#try(async () => {
      this.memory = await engine.line.call('write.memory', { ref });
    });
  }

  add(files: readonly File[]): Promise<void> {
    return this.#try(async () => {
      const given: GivenFile[] = files.map((file) => ({ name: file.webkitRelativePath || file.name, content: file }));
      const info = await engine.line.call('models.add', { files: given });
      this.models = [...this.models, info];
      await this.choose(info.ref);
    });
  }

  /** Starts again from the prompt; the generated text is kept as a branch. */
  restart(): void {
    this.#keep();
    this.tokens = [];
    this.chosen = null;
  }

  async write(count = MOST_TOKENS): Promise<void> {
    this.chosen = null;
    this.#stop = new AbortController();
    this.isWriting = true;
    const started = performance.now();
    const before = this.tokens.length;
    await this.#try(async () => {
      const input = { ...this.#text(), settings: $state.snapshot(this.settings), maxTokens: count };
      const onPart = (token: WrittenToken) => {
        this.tokens = [...this.tokens, token];
        this.speed = {
          perSecond: (1000 * (this.tokens.length - before)) / (performance.now() - started),
          firstToken: this.speed?.firstToken ?? 0,
        };
      };
      const { seconds, firstToken } = await engine.line.call('write.on', input, { signal: this.#stop!.signal, onPart });
      this.speed = { perSecond: (this.tokens.length - before) / seconds, firstToken };
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

  /** Returns to a stored text. */
  take(branch: Branch): void {
    this.#keep();
    this.tokens = branch.tokens;
    this.chosen = null;
  }

  change(settings: Partial<SamplingSettings>): void {
    this.settings = { ...this.settings, ...settings };
    if (this.tokens.length > 0) void this.#redraw();
  }

  /** Updates the distribution of the chosen token under the current settings. */
  async #redraw(): Promise<void> {
    const place = this.chosen ?? this.tokens.length - 1;
    const written = this.tokens.slice(0, place).map((token) => token.id);
    await this.#try(async () => {
      const choice = await engine.line.call('write.next', {
        ...this.#text(),
        written,
        settings: $state.snapshot(this.settings),
      });
      this.tokens = this.tokens.map((token, index) => (index === place ? { ...token, ...choice } : token));
    });
  }

  #text(): TextSoFar {
    return { ref: this.ref, prompt: this.prompt, written: this.tokens.map(({ id }) => id) };
  }

  #keep(): void {
    const ids = (tokens: readonly WrittenToken[]) => tokens.map(({ id }) => id).join();
    const isNew = this.tokens.length > 0 && !this.branches.some(({ tokens }) => ids(tokens) === ids(this.tokens));
    if (isNew) this.branches = [...this.branches, { tokens: this.tokens }];
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      this.trouble = null;
      await what();
    } catch (error) {
      if ((error as Error)?.name === 'AbortError') return;
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const write = new WriteState();
