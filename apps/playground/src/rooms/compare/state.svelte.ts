import type { Family } from '../../architectures/index.js';
import type { CompareMode, CompareProgress, Comparison, MeasuredBackend } from '../../protocol/compare.js';
import type { Run } from '../../protocol/train.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';

export type Cost = 'time' | 'memory' | 'operations';

/** The place of measuring; `both`: one after another, drawn together. */
export type On = 'wasm' | 'webgpu' | 'both';

/** Default selection: one of each family. */
const USUAL = ['dense GPT', 'sliding window', 'Transformer-XL', 'Mamba', 'attention + Mamba', 'LSTM'];
const SHORTEST = 64;

/** State of the room Compare. */
class CompareState {
  mode = $state<CompareMode>('train');
  cost = $state<Cost>('time');
  longest = $state(1024);
  chosen = $state.raw<readonly string[]>(USUAL);
  choices = $state.raw<readonly { readonly name: string; readonly family: Family }[]>([]);
  on = $state<On>('wasm');
  #results = $state.raw<Partial<Record<MeasuredBackend, Comparison>>>({});
  progress = $state.raw<CompareProgress | null>(null);
  trouble = $state<string | null>(null);
  /** Runs of tasks, with their accuracy at other lengths. */
  taught = $state.raw<readonly Run[]>([]);
  #measuring: AbortController | null = null;

  /** What is shown, the first being the one that the table and the sentences are about. */
  readonly comparisons: readonly Comparison[] = $derived(
    (this.on === 'both' ? (['wasm', 'webgpu'] as const) : [this.on]).flatMap((name) => this.#results[name] ?? []),
  );
  readonly comparison: Comparison | null = $derived(this.comparisons[0] ?? null);

  async open(query: string): Promise<void> {
    this.#read(query);
    await this.#try(async () => {
      this.choices = await engine.line.call('compare.choices', undefined);
      for (const last of await engine.line.call('compare.last', undefined)) {
        if (!this.#results[last.backend]) this.#keep(last);
      }
      const runs = await engine.line.call('train.list', undefined);
      this.taught = runs.filter(({ scores }) => scores.length > 0);
    });
  }

  get link(): string {
    const usual = this.chosen.join() === USUAL.join();
    return queryOf([
      ['what', this.mode],
      ['cost', this.cost],
      ['on', this.on],
      ['longest', this.longest],
      ['of', usual ? undefined : this.chosen.join(',')],
    ]);
  }

  async measure(): Promise<void> {
    this.#measuring = new AbortController();
    const lengths: number[] = [];
    for (let length = SHORTEST; length <= this.longest; length *= 2) lengths.push(length);
    const backends: readonly MeasuredBackend[] = this.on === 'both' ? ['wasm', 'webgpu'] : [this.on];
    await this.#try(async () => {
      for (const backend of backends) {
        const settings = { backend, architectures: this.chosen, lengths, rounds: 3, width: 32 };
        const onPart = (progress: CompareProgress) => {
          this.progress = progress;
          if (progress.comparison) this.#keep(progress.comparison);
        };
        const { signal } = this.#measuring!;
        this.#keep(await engine.line.call('compare.measure', settings, { signal, onPart }));
      }
    });
    this.progress = null;
  }

  #keep(comparison: Comparison): void {
    this.#results = { ...this.#results, [comparison.backend]: comparison };
  }

  /** Stops; results are kept. */
  stop(): void {
    this.#measuring?.abort();
    this.progress = null;
  }

  read(file: Blob): Promise<void> {
    return this.#try(async () => {
      const read = await engine.line.call('compare.read', { lines: await file.text() });
      this.#keep(read);
      if (read.backend !== 'cpu') this.on = read.backend;
    });
  }

  #read(query: string): void {
    const entries = entriesOf(query);
    const [what, cost] = [entries.get('what')?.[0], entries.get('cost')?.[0]];
    if (what === 'train' || what === 'prefill' || what === 'decode') this.mode = what;
    if (cost === 'time' || cost === 'memory' || cost === 'operations') this.cost = cost;
    const on = entries.get('on')?.[0];
    if (on === 'wasm' || on === 'webgpu' || on === 'both') this.on = on;
    const longest = Number(entries.get('longest')?.[0]);
    if (Number.isInteger(Math.log2(longest)) && longest >= 128 && longest <= 8192) this.longest = longest;
    const of = entries.get('of')?.[0]?.split(',').filter(Boolean);
    if (of?.length) this.chosen = of;
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      this.trouble = null;
      await what();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) {
        this.trouble = error instanceof Error ? error.message : String(error);
      }
    }
  }
}

export const compare = new CompareState();
