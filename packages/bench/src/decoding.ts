import { type BackendName, bytesIn, openBackend, replaceState, tokenTensor } from '@sequitur/core';
import { Mamba } from '@sequitur/mamba';
import { clocks } from './measure/clock.js';

/** Tokens read before each measurement; 100,000 in total. */
const PIECES = [1, 99, 900, 9000, 20000, 20000, 20000, 30000];
const MEASURED = 40;
/** Chunk length for reading, so that no tensor of the whole sequence is created. */
const CHUNK = 1000;

export interface DecodingRecord {
  readonly position: number;
  /** Median CPU time per token: excludes other processes and waiting for a GPU. */
  readonly milliseconds: number;
  readonly stateBytes: number;
}

/** Decodes with a Mamba of four layers of width 128, and measures at several positions. */
export async function* measureDecoding({
  backend: name,
  until,
}: {
  readonly backend: BackendName;
  readonly until: number;
}): AsyncGenerator<DecodingRecord> {
  const backend = await openBackend(name, { threads: 1 }); // the CPU clock adds the time of all threads
  const model = Mamba.create({ vocabularySize: 128, width: 128, depth: 4 }, { seed: 1 });
  let state = model.initState(1);
  let position = 0;
  const read = (tokens: number[]) => {
    const input = tokenTensor([tokens], model.vocabularySize);
    const step = model.step(input, state, { logits: 'last' });
    state = replaceState(state, step.state);
    position += tokens.length;
    step.logits.dispose();
    input.dispose();
  };
  for (const count of PIECES) {
    if (position + count > until) return;
    for (let left = count; left > 0; left -= CHUNK) {
      read(Array.from({ length: Math.min(CHUNK, left) }, (_, i) => (i * 7) % 128));
    }
    const times: number[] = [];
    for (let i = 0; i < MEASURED; i++) {
      const start = clocks.processor();
      read([i % 128]);
      await backend.sync();
      times.push(clocks.processor() - start);
    }
    const milliseconds = times.sort((a, b) => a - b)[MEASURED / 2]!;
    yield { position, milliseconds, stateBytes: bytesIn(state) };
  }
}
