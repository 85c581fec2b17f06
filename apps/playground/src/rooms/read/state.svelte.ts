import type { GivenFile } from '../../protocol/models.js';
import type { Answer, SiteModel } from '../../protocol/read.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';

/** An answer follows typing after so long a pause. */
const PAUSE_MS = 150;

/** A text that questions can be asked about until there is another one. */
const CONTEXT =
  'In New Bedford young Ishmael shares a bed with Queequeg, a harpooner. In the morning they eat together, and take a boat to Nantucket to find a whaling ship.';

/** What the room Read shows. */
class ReadState {
  models = $state.raw<readonly SiteModel[]>([]);
  name = $state('');
  text = $state('');
  /** What a question is about. */
  context = $state(CONTEXT);
  answer = $state.raw<Answer | null>(null);
  isOpening = $state(false);
  /** Whether the answer is for the current text. */
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
      ['about', this.model?.task === 'answer' ? this.context : undefined],
    ]);
  }

  async open(query: string): Promise<void> {
    const entries = entriesOf(query);
    try {
      this.models = await this.#list();
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
      return;
    }
    this.context = entries.get('about')?.[0] ?? this.context;
    const wanted = entries.get('model')?.[0] ?? this.name;
    this.name = this.models.find(({ name }) => name === wanted)?.name ?? this.models[0]?.name ?? '';
    this.ask(entries.get('text')?.[0] ?? (this.text || (this.model?.examples[0] ?? '')), 0);
  }

  choose(name: string): void {
    this.name = name;
    this.answer = null;
    this.ask(this.model?.examples[0] ?? '', 0);
  }

  /** Opens a folder of the reader's own; where it is refused, nothing changes. */
  async add(given: Promise<readonly GivenFile[]>): Promise<void> {
    this.isOpening = true;
    try {
      const files = await given;
      if (files.length === 0) return;
      const { name } = await engine.line.call('read.add', { files });
      this.models = await this.#list();
      this.trouble = null;
      this.choose(name);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    } finally {
      this.isOpening = false;
    }
  }

  async remove(name: string): Promise<void> {
    await engine.line.call('read.remove', { name });
    this.models = await this.#list();
    if (this.name === name) this.choose(this.models[0]?.name ?? '');
  }

  async #list(): Promise<SiteModel[]> {
    return (await engine.line.call('read.models', undefined)).filter(({ task }) => task !== 'write');
  }

  /** Asks after a pause; the old answer stays, dimmed, until the new one is there. */
  ask(text: string, pause = PAUSE_MS): void {
    this.text = text;
    this.isFresh = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#answer(), pause);
  }

  async #answer(): Promise<void> {
    const [asked, { name, text, context }] = [++this.#asked, this];
    if (!text.trim()) {
      this.answer = null;
      return;
    }
    try {
      const answer = await engine.line.call('read.answer', { name, text, context });
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
