import type { Family } from '../../architectures/index.js';
import type { CompareMode, CompareProgress, Comparison } from '../../protocol/compare.js';
import type { Run } from '../../protocol/train.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';

export type Cost = 'time' | 'memory' | 'operations';

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
  comparison = $state.raw<Comparison | null>(null);
  progress = $state.raw<CompareProgress | null>(null);
  trouble = $state<string | null>(null);
  /** Runs of tasks, with their accuracy at other lengths. */
  taught = $state.raw<readonly Run[]>([]);
  #measuring: AbortController | null = null;

  async open(query: string): Promise<void> {
    this.#read(query);
    await this.#try(async () => {
      this.choices = await engine.line.call('compare.choices', undefined);
      this.comparison ??= await engine.line.call('compare.last', undefined);
      const runs = await engine.line.call('train.list', undefined);
      this.taught = runs.filter(({ scores }) => scores.length > 0);
    });
  }

  get link(): string {
    const usual = this.chosen.join() === USUAL.join();
    return queryOf([
      ['what', this.mode],
      ['cost', this.cost],
      ['longest', this.longest],
      ['of', usual ? undefined : this.chosen.join(',')],
    ]);
  }

  async measure(): Promise<void> {
    this.#measuring = new AbortController();
    const lengths: number[] = [];
    for (let length = SHORTEST; length <= this.longest; length *= 2) lengths.push(length);
    await this.#try(async () => {
      const settings = { architectures: this.chosen, lengths, rounds: 3, width: 32 };
      const onPart = (progress: CompareProgress) => {
        this.progress = progress;
        this.comparison = progress.comparison ?? this.comparison;
      };
      this.comparison = await engine.line.call('compare.measure', settings, {
        signal: this.#measuring!.signal,
        onPart,
      });
    });
    this.progress = null;
  }

  /** Stops; results are kept. */
  stop(): void {
    this.#measuring?.abort();
    this.progress = null;
  }

  read(file: File): Promise<void> {
    return this.#try(async () => {
      this.comparison = await engine.line.call('compare.read', { lines: await file.text() });
    });
  }

  #read(query: string): void {
    const entries = entriesOf(query);
    const [what, cost] = [entries.get('what')?.[0], entries.get('cost')?.[0]];
    if (what === 'train' || what === 'prefill' || what === 'decode') this.mode = what;
    if (cost === 'time' || cost === 'memory' || cost === 'operations') this.cost = cost;
    const longest = Number(entries.get('longest')?.[0]);
    if (Number.isInteger(Math.log2(longest)) && longest >= 256 && longest <= 8192) this.longest = longest;
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
