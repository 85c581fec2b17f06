import { type CausalModel, hostSoftmax, type Random, type StateTree, tensorsIn, tokenTensor } from '@sequitur/core';
import { dispose } from '@tensorflow/tfjs-core';
import type { LimitedSequence } from '../processors-of.js';
import { drawnFrom, mostLikely } from '../sampling.js';
import type { Proposal, Proposer } from './proposer.js';

export interface DraftSettings {
  readonly model: CausalModel;
  /** The rules of the text, which the draft keeps too. */
  readonly shape: (scores: Float32Array, sequence: LimitedSequence) => void;
  readonly sequence: Omit<LimitedSequence, 'tokens'>;
  /** Present where tokens are drawn. */
  readonly random: Random | null;
}

/** A state and the text that it has read. */
interface Snapshot {
  readonly text: readonly number[];
  readonly state: StateTree;
}

/** Proposes what a smaller model writes. */
export class DraftModel implements Proposer {
  readonly #settings: DraftSettings;
  /** After the text as it was, and after each token proposed then: whatever is accepted need not be read again. */
  #snapshots: Snapshot[];

  constructor(settings: DraftSettings) {
    this.#settings = settings;
    this.#snapshots = [{ text: [], state: settings.model.initState(1) }];
  }

  async propose(text: readonly number[], count: number): Promise<Proposal> {
    const room = this.#settings.model.contextLength - text.length;
    const { random } = this.#settings;
    this.#goBackTo(text);
    const tokens: number[] = [];
    const distributions: Float64Array[] = [];
    while (tokens.length < Math.min(count, room)) {
      const so = [...text, ...tokens];
      const scores = await this.#read(so);
      this.#settings.shape(scores, { ...this.#settings.sequence, tokens: so });
      const distribution = hostSoftmax(scores);
      tokens.push(random ? drawnFrom(distribution, random) : mostLikely(scores));
      distributions.push(distribution);
    }
    return { tokens, distributions };
  }

  dispose(): void {
    const states = this.#snapshots.map(({ state }) => state);
    dispose([...new Set(states.flatMap((state) => tensorsIn(state)))]);
    this.#snapshots = [];
  }

  /** Keeps the snapshots that the text begins with, and leaves it something to read. */
  #goBackTo(text: readonly number[]): void {
    const fits = (read: readonly number[]) => read.length < text.length && read.every((token, i) => token === text[i]);
    while (this.#snapshots.length > 1 && !fits(this.#snapshots.at(-1)!.text)) this.#drop(this.#snapshots.length - 1);
    // Of those that fit the last one is enough.
    while (this.#snapshots.length > 1) this.#drop(0);
  }

  #drop(place: number): void {
    const [gone] = this.#snapshots.splice(place, 1);
    const stay = new Set(this.#snapshots.flatMap(({ state }) => tensorsIn(state)));
    dispose(tensorsIn(gone!.state).filter((tensor) => !stay.has(tensor)));
  }

  async #read(text: readonly number[]): Promise<Float32Array> {
    const { model } = this.#settings;
    const last = this.#snapshots.at(-1)!;
    const tokens = tokenTensor([text.slice(last.text.length)], model.vocabularySize);
    try {
      const { logits, state } = model.step(tokens, last.state, { logits: 'last' });
      this.#snapshots.push({ text, state });
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
