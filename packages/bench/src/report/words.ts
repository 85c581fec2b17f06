import type { Mode } from '../scaling/records.js';
import { type Analysis, type Curve, cheapestByLength, crossoversWithFirst } from './analysis.js';
import { bytes, milliseconds, whole } from './format.js';

/** What the figures say, in one paragraph: exponents, crossovers, the cheapest at each length. */
export function inWords(analysis: Analysis): string {
  const mode: Mode = analysis.sweep.settings.modes.includes('train') ? 'train' : analysis.sweep.settings.modes[0]!;
  return [
    growth(analysis, mode),
    overtaking(analysis, mode),
    cheapest(analysis, mode),
    memory(analysis),
    learning(analysis),
    missing(analysis),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Exponents less certain than this are not told. */
const UNSURE = 0.4;

const NAMES: Readonly<Record<Mode, string>> = {
  train: 'a training step',
  prefill: 'reading a text',
  decode: 'writing a token',
  encode: 'encoding a text',
};

function growth({ curves }: Analysis, mode: Mode): string {
  const fitted = curves
    .filter((curve): curve is Curve & { law: NonNullable<Curve['law']> } => curve.mode === mode && curve.law !== null)
    .sort((a, b) => b.law.exponent - a.law.exponent);
  if (fitted.length === 0) return `Too few lengths were measured to say how ${NAMES[mode]} grows.`;
  const sure = fitted.filter(({ law }) => law.margin <= UNSURE);
  const unsure = fitted.filter((curve) => !sure.includes(curve)).map(({ architecture }) => architecture);
  if (sure.length === 0) return `The times of ${NAMES[mode]} scatter too much to say how they grow with the length.`;
  const said = sure.map(
    ({ architecture, law }) => `${law.exponent.toFixed(2)} ± ${law.margin.toFixed(2)} for ${architecture}`,
  );
  const { from, to } = sure[0]!.law;
  const rest = unsure.length ? ` Too scattered to tell: ${listed(unsure)}.` : '';
  return `Between ${from} and ${to} tokens the time of ${NAMES[mode]} grows with the length to the power of ${listed(said)}.${rest}`;
}

function overtaking(analysis: Analysis, mode: Mode): string {
  const found = crossoversWithFirst(analysis, mode).filter(({ wins }) => wins);
  const first = analysis.architectures[0]!.architecture;
  if (found.length === 0)
    return `At none of these lengths does anything overtake ${first} for good after being slower.`;
  const said = found
    .sort((a, b) => a.length - b.length)
    .map(({ architecture, length }) => `${architecture} from about ${whole(length)} tokens on`);
  return `Faster than ${first} become ${listed(said)}.`;
}

function cheapest(analysis: Analysis, mode: Mode): string {
  const runs: { architecture: string; from: number; to: number }[] = [];
  for (const { length, architecture } of cheapestByLength(analysis, mode)) {
    const last = runs.at(-1);
    if (last?.architecture === architecture) last.to = length;
    else runs.push({ architecture, from: length, to: length });
  }
  const said = runs.map(
    ({ architecture, from, to }) => `${architecture} at ${from === to ? from : `${from} to ${to}`}`,
  );
  return said.length ? `The cheapest step is that of ${listed(said)} tokens.` : '';
}

function memory({ curves }: Analysis): string {
  const decoding = curves.filter(({ mode, points }) => mode === 'decode' && points.length > 1);
  const sizeOf = ({ points }: Curve, index: number) => points.at(index)!.record.stateBytes ?? 0;
  const flat = decoding.filter((curve) => sizeOf(curve, 0) === sizeOf(curve, -1));
  const growing = decoding.filter((curve) => sizeOf(curve, -1) > sizeOf(curve, 0));
  const largest = growing.sort((a, b) => sizeOf(b, -1) - sizeOf(a, -1))[0];
  const parts = [
    flat.length
      ? `The same number of bytes at every length is all that ${listed(flat.map(({ architecture }) => architecture))} must remember.`
      : '',
    largest
      ? `${largest.architecture} remembers ${bytes(sizeOf(largest, -1))} after ${largest.points.at(-1)!.length} tokens, and writes the next one in ${milliseconds(largest.points.at(-1)!.time.median)}.`
      : '',
  ];
  return parts.filter(Boolean).join(' ');
}

function learning({ trained }: Analysis): string {
  const sorted = trained.filter(({ task }) => task === 'next character').sort((a, b) => a.loss - b.loss);
  if (sorted.length < 2) return '';
  const [best, worst] = [sorted[0]!, sorted.at(-1)!];
  return `In the same moment of training ${best.architecture} learnt most (${best.loss.toFixed(2)} nats per character after ${best.steps} steps) and ${worst.architecture} least (${worst.loss.toFixed(2)} after ${worst.steps}).`;
}

function missing({ unmeasured }: Analysis): string {
  if (unmeasured.length === 0) return '';
  const names = [...new Set(unmeasured.map(({ architecture, outcome }) => `${architecture} (${outcome})`))];
  return `Not every point was reached: ${listed(names)}.`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
