import { checkArgument, checkOptions, type Json, option, optionsOf, SequiturError } from '@sequitur/core';

/** A learning rate schedule: the rate of a step, counted from 1. */
export interface Schedule {
  (step: number): number;
  /** The settings of the schedule, which a resumed run compares; absent for custom functions. */
  readonly settings?: Json;
}

/** The schedule of a learning rate: a number is constant. Rates of custom functions are checked at each step. */
export function scheduleOf(learningRate: number | Schedule): Schedule {
  if (typeof learningRate === 'number') return constantRate(learningRate);
  if (learningRate.settings !== undefined) return learningRate;
  return (step) => checkArgument(`the learning rate of step ${step}`, option.nonNegative, learningRate(step));
}

/** Steps at which custom functions are compared. */
const PROBES = Array.from({ length: 21 }, (_, power) => 2 ** power);

/** The schedule as JSON; a custom function by its rates at powers of two up to a million. */
export function describeSchedule(schedule: Schedule): Json {
  return (
    schedule.settings ?? {
      name: 'a function',
      rates: Object.fromEntries(PROBES.map((step) => [step, probe(schedule, step)])),
    }
  );
}

/** The rate of a step; null where the function throws, since the run may never reach that step. */
function probe(schedule: Schedule, step: number): number | null {
  try {
    return schedule(step);
  } catch {
    return null;
  }
}

export function constantRate(rate: number): Schedule {
  checkArgument('the learning rate', option.nonNegative, rate);
  return described(() => rate, { name: 'constant', rate });
}

export interface WarmUpOptions {
  readonly peak: number;
  /** Number of steps of linear warm-up from 0; the rate of the last one is the peak. */
  readonly warmUp: number;
}

export interface DecayOptions extends WarmUpOptions {
  /** The step at which the lowest rate is reached; constant afterwards. */
  readonly steps: number;
  readonly lowest?: number;
}

const warmUpRules = { peak: option.nonNegative, warmUp: option.countOrNone };
const warmUpOptions = optionsOf<WarmUpOptions>(warmUpRules);
const decayOptions = optionsOf<DecayOptions>({
  ...warmUpRules,
  steps: option.count,
  lowest: option.optional(option.nonNegative),
});

/** Linear warm-up, then constant. */
export function warmUpThenConstant(options: WarmUpOptions): Schedule {
  checkOptions('warmUpThenConstant', warmUpOptions, options);
  return afterWarmUp('constant', options, () => options.peak);
}

/**
 * Linear warm-up, then cosine decay (Loshchilov and Hutter 2017, equation 5); the lowest rate is a tenth of the peak by
 * default.
 */
export function warmUpThenCosine(options: DecayOptions): Schedule {
  checkDecay('warmUpThenCosine', options);
  const { peak, lowest = peak / 10 } = options;
  const rate = (step: number) => lowest + 0.5 * (1 + Math.cos(Math.PI * shareOf(step, options))) * (peak - lowest);
  return afterWarmUp('cosine', { ...options, lowest }, rate);
}

/** Linear warm-up, then linear decay, by default to 0 (Devlin et al. 2019, appendix A.2). */
export function warmUpThenLinear(options: DecayOptions): Schedule {
  checkDecay('warmUpThenLinear', options);
  const { peak, lowest = 0 } = options;
  return afterWarmUp('linear', { ...options, lowest }, (step) => peak + (lowest - peak) * shareOf(step, options));
}

/** Linear warm-up, then inverse square root decay (Vaswani et al. 2017, section 5.3). */
export function warmUpThenInverseSquareRoot(options: WarmUpOptions): Schedule {
  const { peak, warmUp } = checkOptions('warmUpThenInverseSquareRoot', warmUpOptions, options);
  const rate = (step: number) => peak * Math.sqrt(Math.max(1, warmUp) / step);
  return afterWarmUp('inverse square root', options, rate);
}

function checkDecay(where: string, options: DecayOptions): void {
  const { peak, warmUp, steps, lowest = 0 } = checkOptions(where, decayOptions, options);
  if (warmUp > steps) {
    throw new SequiturError({
      where: `${where}, warmUp`,
      expected: `at most the total of ${steps} steps`,
      got: `${warmUp}`,
    });
  }
  if (lowest > peak) {
    throw new SequiturError({ where: `${where}, lowest`, expected: `at most the peak of ${peak}`, got: `${lowest}` });
  }
}

/** The progress from the end of the warm-up to the last step, 0 to 1. */
function shareOf(step: number, { warmUp, steps }: DecayOptions): number {
  return Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
}

function afterWarmUp(name: string, options: WarmUpOptions & Partial<DecayOptions>, after: Schedule): Schedule {
  const { peak, warmUp } = options;
  return described((step) => (step <= warmUp ? (peak * step) / warmUp : after(step)), { name, ...options });
}

function described(schedule: Schedule, settings: Json): Schedule {
  return Object.assign((step: number) => schedule(step), { settings });
}
