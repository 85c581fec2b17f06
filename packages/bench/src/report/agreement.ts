import type { PointRecord, ResultRecord } from '../scaling/records.js';
import { keyOf } from '../scaling/sweep.js';
import { type Analysis, analyse, type Curve } from './analysis.js';
import { milliseconds } from './format.js';

/** The times of two runs of one point. */
export interface Compared {
  readonly architecture: string;
  readonly mode: string;
  readonly length: number;
  /** Second median divided by the first. */
  readonly ratio: number;
  /** Whether the quartiles of both runs overlap. */
  readonly agrees: boolean;
  readonly times: readonly [number, number];
}

export interface Agreement {
  readonly points: readonly Compared[];
  /** Number of curves whose exponents' 95 % intervals overlap, of those with an exponent in both runs. */
  readonly exponents: { readonly agree: number; readonly all: number; readonly apart: readonly string[] };
  /** Points of one run only, and points with different bytes or operations. */
  readonly unmatched: readonly string[];
  readonly different: readonly string[];
}

/** Compares two runs of a sweep, within the spread of each. */
export function agreement(first: readonly ResultRecord[], second: readonly ResultRecord[]): Agreement {
  const [a, b] = [analyse(first), analyse(second)];
  const [ofA, ofB] = [pointsOf(first), pointsOf(second)];
  const unmatched = [...ofA.keys()]
    .filter((key) => !ofB.has(key))
    .concat([...ofB.keys()].filter((key) => !ofA.has(key)));
  const different = [...ofA].filter(([key, point]) => ofB.has(key) && factsOf(point) !== factsOf(ofB.get(key)!));
  return {
    points: a.curves.flatMap((curve) => comparedPoints(curve, sameCurve(b, curve))),
    exponents: comparedExponents(a, b),
    unmatched,
    different: different.map(([key]) => key),
  };
}

/** The comparison as lines for a terminal. */
export function agreementInWords({ points, exponents, unmatched, different }: Agreement): string {
  const apart = points.filter(({ agrees }) => !agrees);
  const ratios = points.map(({ ratio }) => ratio).sort((p, q) => p - q);
  const lines = [
    `${points.length - apart.length} of ${points.length} times agree: the quartiles of both runs overlap.`,
    ...(ratios.length > 0
      ? [
          `Second over first: ${shown(ratios[0]!)} to ${shown(ratios.at(-1)!)}, median ${shown(ratios[ratios.length >> 1]!)}.`,
        ]
      : []),
    `${exponents.agree} of ${exponents.all} exponents agree: their 95 % intervals overlap.`,
    ...apart.map(({ architecture, mode, length, times: [one, other] }) => {
      return `  apart: ${architecture}, ${mode} at ${length}: ${milliseconds(one)} and ${milliseconds(other)}`;
    }),
    ...exponents.apart.map((name) => `  apart: exponent of ${name}`),
    ...unmatched.map((key) => `  in one run only: ${key}`),
    ...different.map((key) => `  different bytes or operations: ${key}`),
  ];
  return lines.join('\n');
}

function pointsOf(records: readonly ResultRecord[]): Map<string, PointRecord> {
  return new Map(records.flatMap((record) => (record.type === 'point' ? [[keyOf(record), record] as const] : [])));
}

/** Results that must be equal on any machine. */
function factsOf({ outcome, tokens, stateBytes, flops }: PointRecord): string {
  return JSON.stringify([outcome, tokens, stateBytes, flops]);
}

function sameCurve({ curves }: Analysis, { architecture, mode }: Curve): Curve | undefined {
  return curves.find((curve) => curve.architecture === architecture && curve.mode === mode);
}

function comparedPoints({ architecture, mode, points }: Curve, other: Curve | undefined): Compared[] {
  return points.flatMap(({ length, time }) => {
    const again = other?.points.find((point) => point.length === length)?.time;
    if (!again) return [];
    const agrees = time.low <= again.high && again.low <= time.high;
    const times = [time.median, again.median] as const;
    return [{ architecture, mode, length, ratio: again.median / time.median, agrees, times }];
  });
}

function comparedExponents(a: Analysis, b: Analysis): Agreement['exponents'] {
  const both = a.curves.flatMap((curve) => {
    const law = sameCurve(b, curve)?.law;
    if (!curve.law || !law) return [];
    const agrees = Math.abs(curve.law.exponent - law.exponent) <= curve.law.margin + law.margin;
    return [{ name: `${curve.architecture}, ${curve.mode}`, agrees }];
  });
  const apart = both.filter(({ agrees }) => !agrees).map(({ name }) => name);
  return { agree: both.length - apart.length, all: both.length, apart };
}

function shown(ratio: number): string {
  return ratio.toFixed(2);
}
