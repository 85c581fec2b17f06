import { type CausalModel, hostSoftmax, type Random, type StateTree, tensorsIn, tokenTensor } from '@sequitur/core';
import { dispose } from '@tensorflow/tfjs-core';
import type { Generation } from '../resolve.js';
import type { Row } from '../row.js';
import { sampleFrom } from '../sampling.js';
import type { Proposal, Proposer } from './proposer.js';

export interface DraftSettings {
  readonly model: CausalModel;
  /** Its logits processors also apply to the draft. */
  readonly generation: Generation;
  readonly row: Row;
  readonly random: Random;
}

/** A state and the sequence that it has read. */
interface Snapshot {
  readonly sequence: readonly number[];
  readonly state: StateTree;
}

/** Proposes the continuation of a smaller model. */
export class DraftModel implements Proposer {
  readonly #settings: DraftSettings;
  /** Snapshots before and after each proposed token, so that accepted tokens need not be read again. */
  #snapshots: Snapshot[];

  constructor(settings: DraftSettings) {
    this.#settings = settings;
    this.#snapshots = [{ sequence: [], state: settings.model.initState(1) }];
  }

  async propose(sequence: readonly number[], count: number): Promise<Proposal> {
    const room = this.#settings.model.contextLength - sequence.length;
    const { generation, row, random } = this.#settings;
    this.#goBackTo(sequence);
    const tokens: number[] = [];
    const distributions: Float64Array[] = [];
    while (tokens.length < Math.min(count, room)) {
      const so = [...sequence, ...tokens];
      const scores = await this.#read(so);
      generation.process(scores, { ...row, tokens: so });
      const distribution = hostSoftmax(scores);
      tokens.push(generation.isSampling ? sampleFrom(distribution, random) : generation.sample(scores, random));
      distributions.push(distribution);
    }
    return { tokens, distributions };
  }

  dispose(): void {
    const states = this.#snapshots.map(({ state }) => state);
    dispose([...new Set(states.flatMap((state) => tensorsIn(state)))]);
    this.#snapshots = [];
  }

  /** Keeps the snapshots that are a prefix of the sequence, and leaves at least one token to read. */
  #goBackTo(sequence: readonly number[]): void {
    const fits = (read: readonly number[]) =>
      read.length < sequence.length && read.every((token, i) => token === sequence[i]);
    while (this.#snapshots.length > 1 && !fits(this.#snapshots.at(-1)!.sequence))
      this.#drop(this.#snapshots.length - 1);
    // The last matching one is enough.
    while (this.#snapshots.length > 1) this.#drop(0);
  }

  #drop(place: number): void {
    const [gone] = this.#snapshots.splice(place, 1);
    const stay = new Set(this.#snapshots.flatMap(({ state }) => tensorsIn(state)));
    dispose(tensorsIn(gone!.state).filter((tensor) => !stay.has(tensor)));
  }

  async #read(sequence: readonly number[]): Promise<Float32Array> {
    const { model } = this.#settings;
    const last = this.#snapshots.at(-1)!;
    const tokens = tokenTensor([sequence.slice(last.sequence.length)], model.vocabularySize);
    try {
      const { logits, state } = model.step(tokens, last.state, { logits: 'last' });
      this.#snapshots.push({ sequence, state });
      try {
        return ((await logits.data()) as Float32Array).slice(-model.vocabularySize);
      } finally {
        logits.dispose();
      }
    } finally {
      tokens.dispose();
    }
  }
}
