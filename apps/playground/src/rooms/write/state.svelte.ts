import type { GivenFile, ModelInfo } from '../../protocol/models.js';
import { type ChatMessage, type SamplingSettings, usualSampling } from '../../protocol/write.js';
import { engine } from '../../stores/engine.svelte.js';
import { entriesOf, queryOf } from '../../stores/query.js';
import { type Shared, Writer } from './writer.svelte.js';

const PROMPT = 'Once upon a time';

/** What the room Write shows: a prompt, how tokens are drawn, and one model or two that write. */
class WriteState implements Shared {
  models = $state.raw<readonly ModelInfo[]>([]);
  prompt = $state(PROMPT);
  settings = $state.raw<SamplingSettings>(usualSampling);
  method = $state<'sampling' | 'beams'>('sampling');
  beams = $state.raw({ beams: 4, tokens: 12, lengthPenalty: 1 });
  /** All turns of a chat; null for the completion of a prompt. */
  messages = $state.raw<readonly ChatMessage[] | null>(null);
  trouble = $state<string | null>(null);
  readonly first = new Writer(this);
  readonly second = new Writer(this);
  isBeside = $state(false);

  readonly writers: readonly Writer[] = $derived(this.isBeside ? [this.first, this.second] : [this.first]);
  readonly isWriting: boolean = $derived(this.writers.some(({ isWriting }) => isWriting));

  get link(): string {
    return queryOf([
      ['model', this.first.ref || undefined],
      ['beside', this.isBeside ? this.second.ref : undefined],
      ['prompt', this.prompt],
      ['sampling', samplingText(this.settings)],
      ['beams', this.method === 'beams' ? Object.values(this.beams).join(',') : undefined],
    ]);
  }

  async open(query: string): Promise<void> {
    const entries = entriesOf(query);
    const one = (name: string) => entries.get(name)?.[0];
    this.prompt = one('prompt') ?? this.prompt;
    this.settings = readSampling(one('sampling')) ?? this.settings;
    const [beams, tokens, lengthPenalty] = one('beams')?.split(',').map(Number) ?? [];
    if (beams && tokens && Number.isFinite(lengthPenalty)) {
      this.method = 'beams';
      this.beams = { beams, tokens, lengthPenalty: lengthPenalty! };
    }
    try {
      this.models = await engine.line.call('models.list', undefined);
    } catch (error) {
      return this.fail(error);
    }
    const found = this.#known(one('model') ?? this.first.ref) ?? this.models.at(-1);
    if (found) await this.first.choose(found.ref);
    const beside = this.#known(one('beside') ?? '');
    if (beside) await this.beside(beside.ref);
  }

  infoOf({ ref }: Writer): ModelInfo | undefined {
    return this.#known(ref);
  }

  async beside(ref = this.models.find((model) => model.ref !== this.first.ref)?.ref ?? this.first.ref): Promise<void> {
    this.isBeside = true;
    this.method = 'sampling';
    this.messages = null;
    await this.second.choose(ref);
  }

  async add(given: readonly GivenFile[] | Promise<readonly GivenFile[]>): Promise<void> {
    try {
      const files = await given;
      if (files.length === 0) return;
      const info = await engine.line.call('models.add', { files });
      this.models = [...this.models, info];
      await this.first.choose(info.ref);
    } catch (error) {
      this.fail(error);
    }
  }

  write(count?: number): void {
    this.trouble = null;
    for (const writer of this.writers) void (this.method === 'beams' ? writer.search() : writer.write(count));
  }

  stop(): void {
    for (const writer of this.writers) writer.stop();
  }

  restart(): void {
    for (const writer of this.writers) writer.restart();
  }

  change(settings: Partial<SamplingSettings>): void {
    this.settings = { ...this.settings, ...settings };
    for (const writer of this.writers) void writer.redraw();
  }

  /** Says something in a chat, and lets the model answer. */
  async say(content: string): Promise<void> {
    const { first } = this;
    const answered = first.tokens.length ? [{ role: 'assistant' as const, content: first.text }] : [];
    this.messages = [...(this.messages ?? []), ...answered, { role: 'user', content }];
    first.forget();
    this.trouble = null;
    await first.write();
  }

  fail(error: unknown): void {
    this.trouble = error instanceof Error ? error.message : String(error);
  }

  #known(ref: string): ModelInfo | undefined {
    return this.models.find((model) => model.ref === ref);
  }
}

/** The order of settings in links. */
const ORDER = Object.keys(usualSampling) as (keyof SamplingSettings)[];

/** Settings that are as usual are left out at the end. */
function samplingText(settings: SamplingSettings): string {
  const values = ORDER.map((name) => settings[name]);
  while (values.length > 6 && values.at(-1) === usualSampling[ORDER[values.length - 1]!]) values.pop();
  return values.join(',');
}

function readSampling(text: string | undefined): SamplingSettings | null {
  const values = text?.split(',').map(Number) ?? [];
  if (values.length < 6 || values.length > ORDER.length || !values.every(Number.isFinite)) return null;
  return { ...usualSampling, ...Object.fromEntries(values.map((value, index) => [ORDER[index]!, value])) };
}

export const write = new WriteState();
