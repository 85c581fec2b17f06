import { faultsOf, presets, specOf } from '../../../architectures/index.js';
import { type ModelSpec, type Recipe, sameData } from '../../../protocol/recipe.js';
import type { StorageReport } from '../../../protocol/storage.js';
import type { Run } from '../../../protocol/train.js';
import { address } from '../../../stores/address.svelte.js';
import { download } from '../../../stores/download.js';
import { engine } from '../../../stores/engine.svelte.js';
import { Arriving, grown, isInterrupted, renewed } from './growing.js';
import { linkOf, readLink, runText } from './link.js';
import { type Draft, freshName, newDraft, type Row, rowsOf } from './rows.js';

const WIDTH = 64;

/** State of the room Train: one recipe, the runs on the same data, and drafts to be started. */
class LabState {
  recipe = $state.raw<Recipe>(readLink('').recipe);
  selected = $state('');
  /** A message for the user: an error, or a slow operation. */
  trouble = $state<string | null>(null);
  preparing = $state<string | null>(null);
  /** Where runs are kept, once that is known. */
  storage = $state.raw<StorageReport | null>(null);
  /** A sentence for screen readers after a change by keyboard. */
  announcement = $state('');
  #drafts = $state.raw<readonly Draft[]>([]);
  #runs = $state.raw<readonly Run[]>([]);
  readonly #arriving = new Arriving((all) => {
    this.#runs = this.#runs.map((run) => all.filter(({ id }) => id === run.id).reduce(grown, run));
  });
  #counts = 0;
  #isOpen = false;

  readonly rows: readonly Row[] = $derived.by(() => {
    const shown = this.#runs.filter(({ recipe }) => sameData(recipe.data, this.recipe.data));
    const runs = shown.map((run) => ({ id: run.id, spec: run.spec, run, cost: run.cost }));
    return rowsOf([...runs, ...this.#drafts.map((draft) => ({ ...draft, run: null }))]);
  });
  readonly row: Row | null = $derived(this.rows.find(({ id }) => id === this.selected) ?? this.rows.at(-1) ?? null);
  /** Runs on other data, which are shown when their data are selected. */
  readonly others: readonly Run[] = $derived(
    this.#runs.filter(({ recipe }) => !sameData(recipe.data, this.recipe.data)),
  );
  readonly isRunning: boolean = $derived(this.rows.some(({ run }) => run?.status === 'running'));

  /** Opens the link's recipe and drafts, and the stored runs. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { recipe, specs } = readLink(address.query);
    this.recipe = recipe;
    const fresh = specs.length ? specs : [presets[0]!, presets[2]!].map((preset) => specOf(preset, WIDTH));
    this.#drafts = fresh.map(newDraft);
    this.selected = this.#drafts.at(-1)!.id;
    engine.line.on('train.progress', (progress) => this.#arriving.add(progress));
    engine.line.on('train.changed', (info) => this.#update(info.id, (run) => renewed(run, info)));
    engine.line.on('train.preparing', ({ what, share }) => {
      this.preparing = what && share !== null && share < 1 ? what : null;
    });
    engine.onReturn(() => void this.#return());
    void this.#try(async () => {
      this.#show(await engine.line.call('train.list', undefined));
      this.storage = await engine.line.call('storage.report', undefined);
    });
    void this.count();
  }

  /** The link to this state. */
  get link(): string {
    return linkOf({ recipe: this.recipe, specs: this.rows.map(({ spec }) => spec) });
  }

  change(recipe: Partial<Recipe>): void {
    this.recipe = { ...this.recipe, ...recipe };
    void this.count();
  }

  add(spec: ModelSpec): void {
    const taken = this.rows.map((row) => row.spec.name);
    const draft = newDraft({ ...spec, name: freshName(spec.name, taken) });
    this.#drafts = [...this.#drafts, draft];
    this.selected = draft.id;
    void this.count();
  }

  /** Changes a draft; for a started run, a fork of it is changed. */
  edit({ id, spec: before, run }: Row, spec: ModelSpec): void {
    if (run) this.add(spec.name === before.name ? { ...spec, name: `${spec.name}, fork` } : spec);
    else this.#drafts = this.#drafts.map((draft) => (draft.id === id ? { ...draft, spec } : draft));
    void this.count();
  }

  rename({ id, spec, run }: Row, name: string): void {
    if (run) void this.#try(() => engine.line.call('train.rename', { id, name }));
    else this.#drafts = this.#drafts.map((draft) => (draft.id === id ? { ...draft, spec: { ...spec, name } } : draft));
  }

  remove({ id, run }: Row): void {
    this.#drafts = this.#drafts.filter((draft) => draft.id !== id);
    if (!run) return;
    this.#runs = this.#runs.filter((each) => each.id !== id);
    void this.#try(() => engine.line.call('train.delete', { id }));
  }

  /** Starts every valid draft, and resumes paused runs. */
  async start(): Promise<void> {
    // What is trained for hours should not go when the browser tidies up.
    void navigator.storage?.persist?.().catch(() => false);
    for (const { id, run } of this.rows) if (run?.status === 'paused') void this.resume(id);
    for (const draft of this.#drafts) {
      if (faultsOf(draft.spec).length > 0) continue;
      await this.#try(async () => {
        const run = await engine.line.call('train.start', { spec: draft.spec, recipe: this.recipe });
        this.#drafts = this.#drafts.filter(({ id }) => id !== draft.id);
        if (!this.#runs.some(({ id }) => id === run.id)) this.#runs = [...this.#runs, run];
        if (this.selected === draft.id) this.selected = run.id;
      });
      this.preparing = null;
    }
  }

  async pauseAll(): Promise<void> {
    await Promise.all(this.rows.filter(({ run }) => run?.status === 'running').map(({ id }) => this.pause(id)));
  }

  pause(id: string): Promise<void> {
    return this.#try(() => engine.line.call('train.pause', { id }));
  }

  resume(id: string): Promise<void> {
    return this.#try(() => engine.line.call('train.resume', { id }));
  }

  stop(id: string): Promise<void> {
    return this.#try(() => engine.line.call('train.stop', { id }));
  }

  /** Saves a run as a zip of a Hugging Face folder. */
  async save(id: string): Promise<void> {
    await this.#try(async () => {
      const { name, zip } = await engine.line.call('train.save', { id });
      download(name, new Blob([zip as Uint8Array<ArrayBuffer>], { type: 'application/zip' }));
    });
  }

  /** Counts parameters and operations of the drafts, in the worker. */
  async count(): Promise<void> {
    const [mine, { recipe }] = [++this.#counts, this];
    for (const { id, spec } of this.#drafts) {
      if (faultsOf(spec).length > 0) continue;
      await this.#try(async () => {
        const cost = await engine.line.call('train.cost', { spec, recipe });
        if (mine !== this.#counts) return;
        this.#drafts = this.#drafts.map((draft) =>
          draft.id === id && draft.spec === spec ? { ...draft, cost } : draft,
        );
      });
      if (mine !== this.#counts) return;
    }
    this.preparing = null;
  }

  /** Stored runs replace equal drafts. */
  #show(runs: readonly Run[]): void {
    this.#runs = runs;
    const last = runs.at(-1);
    // Without a link, the last session is restored.
    if (last && !address.query.includes('run=')) {
      this.recipe = last.recipe;
      this.#drafts = [];
    }
    const kept = new Set(this.rows.filter(({ run }) => run).map(({ spec }) => runText(spec)));
    this.#drafts = this.#drafts.filter(({ spec }) => !kept.has(runText(spec)));
    if (!this.rows.some(({ id }) => id === this.selected)) this.selected = this.rows.at(-1)?.id ?? '';
  }

  /** After a lost backend was opened again: interrupted runs resume from their last checkpoints. */
  async #return(): Promise<void> {
    const stopped = this.#runs.filter((run) => run.status === 'running' || isInterrupted(run));
    await this.#try(async () => {
      this.#runs = await engine.line.call('train.list', undefined);
      await Promise.all(stopped.map(({ id }) => engine.line.call('train.resume', { id })));
    });
  }

  #update(id: string, change: (run: Run) => Run): void {
    this.#runs = this.#runs.map((run) => (run.id === id ? change(run) : run));
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      this.trouble = null;
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const lab = new LabState();
