import type { Curve, Run, RunInfo } from '../../protocol/train.js';
import type { Store } from '../storage/store.js';

/** Everything of a run that is kept but its checkpoints. */
export class Record {
  readonly #store: Store;
  info: RunInfo;
  readonly curve: Curve;

  constructor(store: Store, info: RunInfo, curve: Curve = { loss: [], seconds: [], validation: [] }) {
    this.#store = store;
    this.info = info;
    this.curve = curve;
  }

  static async open(store: Store, id: string): Promise<Record | null> {
    const run = await store.get<Run>(`runs/${id}/run`);
    if (!run) return null;
    const { curve, ...info } = run;
    return new Record(store, info, curve);
  }

  /** All stored runs at their last checkpoints; a run that was running when the page closed is paused. */
  static async all(store: Store): Promise<Record[]> {
    const paths = (await store.list('runs')).filter((path) => path.endsWith('/run'));
    const records = await Promise.all(paths.map((path) => Record.open(store, path.split('/')[1]!)));
    const found = records.filter((record) => record !== null);
    for (const record of found) if (record.info.status === 'running') record.backToCheckpoint();
    return found.sort((a, b) => a.info.created - b.info.created);
  }

  get folder(): string {
    return `runs/${this.info.id}`;
  }

  get run(): Run {
    return { ...this.info, curve: this.curve };
  }

  change(changes: Partial<RunInfo>): void {
    this.info = { ...this.info, ...changes };
  }

  /** Notes a step. A run that went on from an older checkpoint writes over what came after it. */
  add(step: number, loss: number, seconds: number, validation: number | undefined): void {
    this.dropAfter(step - 1);
    this.curve.loss.push(loss);
    this.curve.seconds.push((this.curve.seconds.at(-1) ?? 0) + seconds);
    if (validation !== undefined) this.curve.validation.push({ step, loss: validation });
    this.change({ step });
  }

  dropAfter(step: number): void {
    const { loss, seconds, validation } = this.curve;
    while (loss.length < step) {
      loss.push(Number.NaN);
      seconds.push(seconds.at(-1) ?? 0);
    }
    loss.length = seconds.length = step;
    const kept = validation.filter((each) => each.step <= step);
    if (kept.length < validation.length) validation.splice(0, validation.length, ...kept);
  }

  backToCheckpoint(): void {
    const { savedStep, samples, scores } = this.info;
    this.dropAfter(savedStep);
    const upTo = <T extends { step: number }>(list: readonly T[]) => list.filter(({ step }) => step <= savedStep);
    this.change({ step: savedStep, status: 'paused', samples: upTo(samples), scores: upTo(scores) });
  }

  save(): Promise<void> {
    return this.#store.put(`${this.folder}/run`, this.run);
  }

  remove(): Promise<void> {
    return this.#store.remove(this.folder);
  }
}
