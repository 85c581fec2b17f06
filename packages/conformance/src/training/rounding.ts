import { type Module, parametersOf, Random } from '@sequitur/core';
import type { Optimizer } from '@sequitur/train';
import { compareNumbers, type Finding } from '../comparison.js';
import { openTrainable } from './opened-model.js';
import { runTraining, type TrainingInputs, type TrainingRun } from './training-run.js';

/** Relative size of what kernels of float32 differ by: eight units in the last place. */
const ROUNDING = 2 ** -20;

/**
 * The gradient norms of a run beside PyTorch's. A saturating softmax can make a late norm so steep in the weights that
 * rounding alone moves it by more than the tolerance, while losses and weights agree: where a norm is out, the run is
 * repeated from weights that differ by rounding, and the norm passes only if it moves itself by as much.
 */
export async function compareNorms(
  run: TrainingRun,
  wanted: readonly number[],
  repeat: (seed: number) => Promise<TrainingRun>,
): Promise<Finding[]> {
  const findings = wanted.map((norm, index) =>
    compareNumbers(`gradient norm ${index + 1}`, [run.gradientNorms[index]!], [norm]),
  );
  // The first norm depends on no step before it.
  if (findings[0]?.verdict === 'failed' || findings.every(({ verdict }) => verdict === 'passed')) return findings;
  const others = [await repeat(1), await repeat(2), await repeat(3)];
  return findings.map((finding, index) => {
    if (finding.verdict === 'passed') return finding;
    const own = run.gradientNorms[index]!;
    const moved = Math.max(...others.map(({ gradientNorms }) => Math.abs(gradientNorms[index]! - own)));
    if (!(Math.abs(own - wanted[index]!) <= moved)) return finding;
    return { ...finding, verdict: 'passed', detail: `rounding of the weights moves it by ${moved.toExponential(1)}` };
  });
}

/** The run again, from weights that are rounded differently. */
export async function runFromRoundedWeights(
  folder: string,
  given: TrainingInputs,
  optimizer: Optimizer,
  { steps, seed }: { readonly steps: number; readonly seed: number },
): Promise<TrainingRun> {
  const under = await openTrainable(folder);
  if (typeof under === 'string') throw new Error(under);
  try {
    await roundDifferently(under.model, seed);
    return await runTraining(under, given, optimizer, steps);
  } finally {
    optimizer.dispose();
    under.model.dispose();
  }
}

async function roundDifferently(model: Module, seed: number): Promise<void> {
  const random = Random.fromSeed(seed);
  for (const parameter of parametersOf(model).values()) {
    const values = await parameter.read();
    parameter.assign(values.map((value) => value * (1 + (random.uniform() < 0.5 ? -ROUNDING : ROUNDING))));
  }
}
