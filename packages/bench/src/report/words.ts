import type { PowerLaw } from '../scaling/fit.js';
import type { Mode } from '../scaling/records.js';
import { type Analysis, type Curve, cheapestByLength, crossoversWithFirst, UNSURE } from './analysis.js';
import { bytes, milliseconds, whole } from './format.js';

/** Summary of a report in one paragraph: exponents, crossovers, the fastest architecture at each length. */
export function inWords(analysis: Analysis): string {
  return sentences(analysis).join(' ');
}

/** The summary as a list of sentences. */
export function sentences(analysis: Analysis): string[] {
  const mode: Mode = analysis.sweep.settings.modes.includes('train') ? 'train' : analysis.sweep.settings.modes[0]!;
  return [
    growth(analysis, mode),
    overtaking(analysis, mode),
    cheapest(analysis, mode),
    memory(analysis),
    learning(analysis),
    missing(analysis),
  ].filter(Boolean);
}

/** Exponents up to this value count as linear. */
const LINEAR = 1.1;

const NAMES: Readonly<Record<Mode, string>> = {
  train: 'a training step',
  prefill: 'prefill',
  decode: 'decoding a token',
  encode: 'encoding a sequence',
};

type Fitted = Curve & { readonly law: PowerLaw };

function growth({ curves, architectures }: Analysis, mode: Mode): string {
  const fitted = curves.filter((curve): curve is Fitted => curve.mode === mode && curve.law !== null);
  if (fitted.length === 0) return `Too few lengths were measured to fit an exponent for ${NAMES[mode]}.`;
  const sure = fitted.filter(({ law }) => law.margin <= UNSURE).sort((a, b) => b.law.exponent - a.law.exponent);
  if (sure.length === 0) return `The times of ${NAMES[mode]} vary too much to fit exponents.`;
  const unsure = fitted.filter((curve) => curve.law.margin > UNSURE).map(({ architecture }) => architecture);
  const first = sure.find(({ architecture }) => architecture === architectures[0]?.architecture);
  const { from, to } = (first ?? sure[0]!).law;
  const others = sure.filter((curve) => curve !== first);
  const [steep, linear] = [others.filter(isSteep), others.filter((curve) => !isSteep(curve))];
  const shown = (curve: Fitted) => `${curve.architecture} (${powerOf(curve, { from, to })})`;
  const parts = [
    first && `${powerOf(first, { from, to })} for ${first.architecture}${partsOf(first)}`,
    steep.length > 0 && `above ${LINEAR} for ${listed(steep.map(shown))}`,
    linear.length > 0 && `at most ${LINEAR} for ${listed(linear.map(shown))}`,
  ].filter((part) => typeof part === 'string');
  const rest = unsure.length ? ` No reliable exponent: ${listed(unsure)}.` : '';
  return `Between ${whole(from)} and ${whole(to)} tokens the time of ${NAMES[mode]} grows with the sequence length to the power of ${parts.join('; ')}.${rest}`;
}

function isSteep({ law }: Fitted): boolean {
  return law.exponent > LINEAR;
}

/** The exponent, with its length range if it differs from that of the others. */
function powerOf({ law }: Fitted, { from, to }: { readonly from: number; readonly to: number }): string {
  const own = law.from === from && law.to === to ? '' : ` at ${whole(law.from)} to ${whole(law.to)}`;
  return `${law.exponent.toFixed(2)} ± ${law.margin.toFixed(2)}${own}`;
}

function partsOf({ growth: { attention, operations } }: Curve): string {
  const parts = [
    attention && `its attention kernels ${attention.exponent.toFixed(2)} ± ${attention.margin.toFixed(2)}`,
    operations && `its operations ${operations.exponent.toFixed(2)}`,
  ].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function overtaking(analysis: Analysis, mode: Mode): string {
  const found = crossoversWithFirst(analysis, mode).filter(({ wins }) => wins);
  const first = analysis.architectures[0]!.architecture;
  if (found.length === 0) return `No other architecture becomes faster than ${first} at a longer length.`;
  const said = found
    .sort((a, b) => a.length - b.length)
    .map(({ architecture, length }) => `${architecture} at about ${whole(length)} tokens`);
  return `Crossovers, from which an architecture is faster than ${first}: ${listed(said)}.`;
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
  return said.length ? `The fastest architecture is ${listed(said)} tokens.` : '';
}

function memory({ curves }: Analysis): string {
  const decoding = curves.filter(({ mode, points }) => mode === 'decode' && points.length > 1);
  const sizeOf = ({ points }: Curve, index: number) => points.at(index)!.record.stateBytes ?? 0;
  const flat = decoding.filter((curve) => sizeOf(curve, 0) === sizeOf(curve, -1));
  const growing = decoding.filter((curve) => sizeOf(curve, -1) > sizeOf(curve, 0));
  const largest = growing.sort((a, b) => sizeOf(b, -1) - sizeOf(a, -1))[0];
  const parts = [
    flat.length ? `The state has constant size for ${listed(flat.map(({ architecture }) => architecture))}.` : '',
    largest
      ? `The state of ${largest.architecture} has ${bytes(sizeOf(largest, -1))} after ${largest.points.at(-1)!.length} tokens, and decoding the next one takes ${milliseconds(largest.points.at(-1)!.time.median)}.`
      : '',
  ];
  return parts.filter(Boolean).join(' ');
}

function learning({ trained }: Analysis): string {
  const sorted = trained.filter(({ task }) => task === 'next character').sort((a, b) => a.loss - b.loss);
  if (sorted.length < 2) return '';
  const [best, worst] = [sorted[0]!, sorted.at(-1)!];
  return `After equal training time ${best.architecture} has the lowest validation loss (${best.loss.toFixed(2)} nats per character after ${best.steps} steps), ${worst.architecture} the highest (${worst.loss.toFixed(2)} after ${worst.steps}).`;
}

function missing({ unmeasured }: Analysis): string {
  if (unmeasured.length === 0) return '';
  const names = [...new Set(unmeasured.map(({ architecture, outcome }) => `${architecture} (${outcome})`))];
  return `Not measured completely: ${listed(names)}.`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
