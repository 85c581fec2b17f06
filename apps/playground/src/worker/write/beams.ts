import type { BeamNode, BeamTree } from '../../protocol/write.js';
import type { OpenedModel } from '../models/open-folder.js';
import { generateSequences, type LogitsProcessor } from '../packages.js';
import { spellingAfter } from './alternatives.js';

export interface BeamRequest {
  readonly beams: number;
  readonly tokens: number;
  readonly lengthPenalty: number;
}

/** One live beam as the search asks for its next token: what it wrote, and the log-probabilities of what may follow. */
interface Asked {
  readonly written: readonly number[];
  readonly scores: Float32Array;
}

/** A beam search with its intermediate beams: those that the package's search continues. */
export async function beamTree(
  { model, tokenizer, endTokens }: OpenedModel,
  ids: readonly number[],
  { beams, tokens, lengthPenalty }: BeamRequest,
): Promise<BeamTree> {
  const asked: Asked[][] = [];
  const watch: LogitsProcessor = (scores, sequence) => {
    const written = sequence.tokens.slice(ids.length);
    const step = asked[written.length] ?? [];
    step.push({ written, scores: scores.slice() });
    asked[written.length] = step;
  };
  const [sequences] = await generateSequences(model, [ids], {
    ...{ beamSearch: { beams, lengthPenalty }, sequences: beams, maxTokens: tokens, endTokens },
    processors: [watch],
  });
  const spell = (written: readonly number[]) => {
    return spellingAfter(tokenizer, [...ids, ...written.slice(0, -1)])(written.at(-1)!);
  };
  const found = sequences!.map(({ tokens: own, score = 0 }) => {
    return { ids: own, text: own.map((_, at) => spell(own.slice(0, at + 1))).join(''), score };
  });
  // What was found at the last step is asked for nothing more.
  const ends = found.map(({ ids: own }) => own).filter(({ length }) => length === asked.length);
  const levels = [...asked.slice(1).map((step) => step.map(({ written }) => written)), ends].filter(
    (level) => level.length > 0,
  );
  return { steps: stepsOf(levels, asked, spell), found };
}

function stepsOf(
  levels: readonly (readonly (readonly number[])[])[],
  asked: readonly (readonly Asked[])[],
  spell: (written: readonly number[]) => string,
): BeamNode[][] {
  const steps: BeamNode[][] = [];
  for (const [step, level] of levels.entries()) {
    const before = asked[step]!;
    steps.push(
      level.map((written): BeamNode => {
        const id = written.at(-1)!;
        const parent = before.findIndex((beam) => beam.written.every((token, at) => token === written[at]));
        const logProbability = before[parent]!.scores[id]!;
        const total = (steps[step - 1]?.[parent]?.total ?? 0) + logProbability;
        return {
          id,
          text: spell(written),
          parent: step === 0 ? 0 : parent,
          probability: Math.exp(logProbability),
          total,
        };
      }),
    );
  }
  return steps;
}
