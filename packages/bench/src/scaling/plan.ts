import { parameterCount, SequiturError } from '@sequitur/core';
import type { Candidate, CandidateModel, Shape } from './candidate.js';
import { modesOf } from './cells.js';
import { forwardFlops } from './declared-cost.js';
import { matchKnob } from './match.js';
import type { ArchitectureRecord, Mode, SweepSettings } from './records.js';

/** A candidate and its matched size. */
export interface Participant {
  readonly name: string;
  readonly record: ArchitectureRecord;
  readonly modes: readonly Mode[];
  create(length: number): CandidateModel;
}

/**
 * The candidates of a sweep, matched to the size of the first one with its knob at four times the width.
 *
 * @throws SequiturError for an unknown name, or if one cannot be matched
 */
export function participants(candidates: readonly Candidate[], settings: SweepSettings): Participant[] {
  const shape: Shape = { ...settings, length: medianOf(settings.lengths) };
  const chosen = settings.architectures.map((name) => find(candidates, name));
  const size = settings.matchedBy === 'parameters' ? parametersAt : flopsAt;
  const wanted = size(candidates[0]!, shape, 4 * shape.width);
  return chosen.map((candidate) => {
    const knob = matchKnob(candidate, wanted, (position) => size(candidate, shape, position));
    return participant(candidate, shape, knob, settings);
  });
}

/** Number of parameters; models are created uninitialized, so that counting is cheap. */
function parametersAt(candidate: Candidate, shape: Shape, knob: number): number {
  return parameterCount(candidate.create(shape, knob).model);
}

/** Operations for a sequence of the middle length. */
function flopsAt(candidate: Candidate, shape: Shape, knob: number): number {
  return forwardFlops(candidate.create(shape, knob), shape.length);
}

function medianOf(lengths: readonly number[]): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function find(candidates: readonly Candidate[], name: string): Candidate {
  const found = candidates.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new SequiturError({
    where: 'architectures',
    expected: `some of ${candidates.map((candidate) => candidate.name).join(', ')}`,
    got: `'${name}'`,
  });
}

function participant(candidate: Candidate, shape: Shape, knob: number, settings: SweepSettings): Participant {
  const { model, kind } = candidate.create(shape, knob);
  return {
    name: candidate.name,
    record: {
      type: 'architecture',
      architecture: candidate.name,
      family: candidate.family,
      parameters: parameterCount(model),
      knob: `${candidate.knob} ${knob}`,
    },
    modes: modesOf[kind].filter((mode) => settings.modes.includes(mode)),
    create: (length) => candidate.create({ ...shape, length }, knob),
  };
}
