import { type CausalModel, SequiturError } from '@sequitur/core';
import type { BeamOptions, GenerateOptions, SpeculationOptions } from './options.js';
import { isSampling } from './processors-of.js';

/** The options of a beam search with their defaults. */
export interface ResolvedBeams {
  readonly beams: number;
  readonly groups: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | 'never';
  readonly finishedGroupToken: number | undefined;
  /** Candidates per beam and step: enough that beams remain when all end tokens are among the best. */
  readonly candidates: number;
}

export type ResolvedContrastive = Readonly<Record<'candidates' | 'penalty', number>> & { readonly hidden: string };

export interface ResolvedSpeculation {
  readonly draft: CausalModel | undefined;
  readonly tokens: number;
  readonly lookup: number;
}

/** A generation strategy with its options. */
export type Strategy =
  | { readonly name: 'tokenByToken' }
  | { readonly name: 'beamSearch'; readonly options: ResolvedBeams }
  | { readonly name: 'contrastive'; readonly options: ResolvedContrastive }
  | { readonly name: 'speculation'; readonly options: ResolvedSpeculation };

/**
 * The strategy that the options select.
 *
 * @throws SequiturError where they select more than one, or contradict each other
 */
export function strategyOf(model: CausalModel, options: GenerateOptions): Strategy {
  const { beamSearch, contrastive, speculation } = options;
  const asked = Object.entries({ beamSearch, contrastive, speculation }).filter(([, value]) => value);
  if (asked.length > 1) throw fault('', 'one generation strategy', asked.map(([name]) => name).join(' and '));
  if (beamSearch) return { name: 'beamSearch', options: resolveBeams(beamSearch, options) };
  if (contrastive) return { name: 'contrastive', options: { ...contrastive, hidden: contrastive.hidden ?? 'norm' } };
  if (speculation) return { name: 'speculation', options: resolveSpeculation(speculation, model) };
  return { name: 'tokenByToken' };
}

function resolveBeams(given: BeamOptions, options: GenerateOptions): ResolvedBeams {
  const { beams, groups = 1, diversityPenalty, lengthPenalty = 1, earlyStopping = false, finishedGroupToken } = given;
  const { sequences = 1, stop } = options;
  const where = ', beamSearch';
  if (beams % groups !== 0) throw fault(where, 'groups that divide the beams', `${beams} beams in ${groups} groups`);
  if (sequences > beams) throw fault(where, 'at most as many sequences as beams', `${sequences} of ${beams}`);
  if (diversityPenalty && groups === 1) throw fault(where, 'groups with a diversityPenalty', 'none');
  if (groups > 1 && isSampling(options)) throw fault(where, 'no sampling with groups', 'sampling options');
  const candidates = tokensToKeep(options) + (stop ? 2 : 0);
  return { beams, groups, lengthPenalty, earlyStopping, finishedGroupToken, candidates };
}

/** The minimum number of tokens that sampling keeps: in a beam search one more than there are ends. */
export function tokensToKeep({ beamSearch, endTokens = [] }: GenerateOptions): number {
  return beamSearch ? Math.max(2, 1 + endTokens.length) : 1;
}

function resolveSpeculation(given: SpeculationOptions, { vocabularySize }: CausalModel): ResolvedSpeculation {
  const { draft, tokens = 5, lookup = 3 } = given;
  if (draft && draft.vocabularySize !== vocabularySize) {
    const expected = `a draft model of the same vocabulary, ${vocabularySize} tokens`;
    throw fault(', speculation', expected, `${draft.vocabularySize}`);
  }
  return { draft, tokens, lookup };
}

function fault(where: string, expected: string, got: string): SequiturError {
  return new SequiturError({ where: `generation${where}`, expected, got });
}
