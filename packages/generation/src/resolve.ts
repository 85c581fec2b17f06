import { type CausalModel, checkArgument, checkOptions, option, type Random, SequiturError } from '@sequitur/core';
import { generateOptions } from './option-rules.js';
import type { GenerateOptions, StoppingOptions } from './options.js';
import { type LogitsProcessor, renormalized } from './processors/index.js';
import { isSampling, processorsOf, samplingProcessorsOf } from './processors-of.js';
import { type Ending, endingOf, type Row, rowsOf, type SequenceInRow } from './row.js';
import { mostLikely, sample } from './sampling.js';
import { checkProcessed, checkScores } from './scores.js';
import { type Strategy, strategyOf, tokensToKeep } from './strategy.js';

/** All logits processors, composed. */
export type Process = (scores: Float32Array, sequence: SequenceInRow) => void;

/** A generation whose options are resolved: what a strategy gets. */
export interface Generation {
  /** One for each sequence; those of one prompt are adjacent. */
  readonly rows: readonly Row[];
  /** Number of rows of each prompt. */
  readonly sequences: number;
  /**
   * Changes the model's scores in place; those of a beam search become log-probabilities.
   *
   * @throws SequiturError naming the row, position and step whose scores allow no choice
   */
  readonly process: Process;
  /** Chooses a token by its processed scores: samples it, or takes the most likely one. */
  readonly sample: (scores: Float32Array, random: Random) => number;
  readonly isSampling: boolean;
  readonly ending: Ending;
  readonly strategy: Strategy;
  readonly logProbabilities: boolean;
  readonly whenFull: NonNullable<StoppingOptions['whenFull']>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Resolves the options of a generation: the only place that reads them.
 *
 * @throws SequiturError naming the option or prompt that is invalid, and options that contradict each other
 */
export function resolve(
  model: CausalModel,
  prompts: readonly (readonly number[])[],
  given: GenerateOptions,
): Generation {
  checkArgument('generate, model', causalModel, model);
  checkArgument('generate, prompts', listOfPrompts, prompts);
  const options = checkOptions('generation', generateOptions, withoutNull(given));
  if (prompts.length === 0)
    throw new SequiturError({ where: 'generate', expected: 'at least one prompt', got: 'none' });
  const strategy = strategyOf(model, options);
  return {
    rows: rowsOf(model, prompts, options),
    sequences: options.sequences ?? 1,
    process: processOf(options),
    sample: isSampling(options) ? sample : mostLikely,
    isSampling: isSampling(options),
    ending: endingOf(options),
    strategy,
    logProbabilities: options.logProbabilities ?? false,
    whenFull: options.whenFull ?? 'stop',
    signal: options.signal,
  };
}

const causalModel = option.having('a causal model', 'step', 'initState');
const listOfPrompts = option.listOf(
  option.kind(
    'a prompt, a list of token ids',
    (prompt) => Array.isArray(prompt) || (ArrayBuffer.isView(prompt) && 'length' in prompt),
  ),
);

/** The options without null ones: null means absent, as in files of settings. */
function withoutNull<Options extends object>(options: Options): Options {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as Options;
}

function processOf(options: GenerateOptions): Process {
  const first = options.beamSearch ? [renormalized()] : []; // the scores of beams are log-probabilities
  const sampling = isSampling(options) ? samplingProcessorsOf(options, tokensToKeep(options)) : [];
  const last = options.renormalized ? [renormalized()] : [];
  const byLimit = new Map<number, readonly LogitsProcessor[]>();
  return (scores, sequence) => {
    const { limit } = sequence;
    if (!options.finite) checkScores(scores, sequence);
    if (!byLimit.has(limit)) byLimit.set(limit, [...first, ...processorsOf(options, limit), ...sampling, ...last]);
    for (const rule of byLimit.get(limit)!) rule(scores, sequence);
    checkProcessed(scores, sequence);
  };
}
