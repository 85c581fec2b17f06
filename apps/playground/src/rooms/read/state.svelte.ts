import type { Answer, SiteModel } from '../../protocol/read.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';

/** An answer follows typing after so long a pause. */
const PAUSE_MS = 150;

/** What the room Read shows. */
class ReadState {
  models = $state.raw<readonly SiteModel[]>([]);
  name = $state('');
  text = $state('');
  answer = $state.raw<Answer | null>(null);
  /** Whether the answer is that to the text as it stands. */
  isFresh = $state(false);
  trouble = $state<string | null>(null);
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  get model(): SiteModel | undefined {
    return this.models.find(({ name }) => name === this.name);
  }

  get link(): string {
    return queryOf([
      ['model', this.name || undefined],
      ['text', this.text || undefined],
    ]);
  }

  async open(query: string): Promise<void> {
    const entries = entriesOf(query);
    try {
      const all = await engine.line.call('read.models', undefined);
      this.models = all.filter(({ task }) => task !== 'write');
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
      return;
    }
    const wanted = entries.get('model')?.[0] ?? this.name;
    this.name = this.models.find(({ name }) => name === wanted)?.name ?? this.models[0]?.name ?? '';
    this.ask(entries.get('text')?.[0] ?? (this.text || (this.model?.tries[0] ?? '')), 0);
  }

  choose(name: string): void {
    this.name = name;
    this.answer = null;
    this.ask(this.model?.tries[0] ?? '', 0);
  }

  /** Asks after a pause; the old answer stays, dimmed, until the new one is there. */
  ask(text: string, pause = PAUSE_MS): void {
    this.text = text;
    this.isFresh = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#answer(), pause);
  }

  async #answer(): Promise<void> {
    const [asked, { name, text }] = [++this.#asked, this];
    if (!text.trim()) {
      this.answer = null;
      return;
    }
    try {
      const answer = await engine.line.call('read.answer', { name, text });
      if (asked !== this.#asked) return;
      this.answer = answer;
      this.isFresh = true;
      this.trouble = null;
    } catch (error) {
      if (asked === this.#asked) this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const read = new ReadState();
