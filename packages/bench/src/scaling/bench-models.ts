import { type Backend, type BackendName, closeBackend, initialize } from '@sequitur/core';
import { openWithThreads } from '../measure/open-with-threads.js';
import type { CandidateModel } from './candidate.js';
import type { Participant } from './plan.js';

/** The backend and its models. */
export interface Bench {
  readonly backend: () => Backend;
  /** The model of a participant and length, kept until `renew`. */
  model(participant: Participant, length: number): CandidateModel;
  /** Frees the models; on WebGPU, opens a new device. */
  renew(): Promise<void>;
  dispose(): void;
}

/** @param threads number of threads of WebAssembly */
export async function openBench(name: BackendName, threads: number): Promise<Bench> {
  let backend = await openWithThreads(name, { threads });
  const models = new Map<string, CandidateModel>();
  const disposeModels = () => {
    for (const { model } of models.values()) model.dispose();
    models.clear();
  };
  return {
    backend: () => backend,
    model: (participant, length) => {
      const known = models.get(participant.name);
      if (known) return known;
      const made = participant.create(length);
      initialize(made.model, 1);
      models.set(participant.name, made);
      return made;
    },
    renew: async () => {
      disposeModels();
      if (name !== 'webgpu') return;
      closeBackend(name);
      backend = await openWithThreads(name, { threads });
    },
    dispose: disposeModels,
  };
}
