import type { PowerLaw } from '../scaling/fit.js';
import type { Mode } from '../scaling/records.js';
import { type Analysis, type Curve, cheapestByLength, crossoversWithFirst, UNSURE } from './analysis.js';
import { bytes, milliseconds, whole } from './format.js';

/** What the figures say, in one paragraph: exponents, crossovers, the cheapest at each length. */
export function inWords(analysis: Analysis): string {
  return sentences(analysis).join(' ');
}

/** The same, a finding after the other. */
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

/** Up to here a growth counts as that of the length itself. */
const LINEAR = 1.1;

const NAMES: Readonly<Record<Mode, string>> = {
  train: 'a training step',
  prefill: 'reading a text',
  decode: 'writing a token',
  encode: 'encoding a text',
};

type Fitted = Curve & { readonly law: PowerLaw };

function growth({ curves, architectures }: Analysis, mode: Mode): string {
  const fitted = curves.filter((curve): curve is Fitted => curve.mode === mode && curve.law !== null);
  if (fitted.length === 0) return `Too few lengths were measured to say how ${NAMES[mode]} grows.`;
  const sure = fitted.filter(({ law }) => law.margin <= UNSURE).sort((a, b) => b.law.exponent - a.law.exponent);
  if (sure.length === 0) return `The times of ${NAMES[mode]} scatter too much to say how they grow with the length.`;
  const unsure = fitted.filter((curve) => curve.law.margin > UNSURE).map(({ architecture }) => architecture);
  const first = sure.find(({ architecture }) => architecture === architectures[0]?.architecture);
  const { from, to } = (first ?? sure[0]!).law;
  const others = sure.filter((curve) => curve !== first);
  const [steep, linear] = [others.filter(isSteep), others.filter((curve) => !isSteep(curve))];
  const shown = (curve: Fitted) => `${curve.architecture} (${powerOf(curve, { from, to })})`;
  const parts = [
    first && `${powerOf(first, { from, to })} for ${first.architecture}${partsOf(first)}`,
    steep.length > 0 && `more than ${LINEAR} for ${listed(steep.map(shown))}`,
    linear.length > 0 && `no more than ${LINEAR} for ${listed(linear.map(shown))}`,
  ].filter((part) => typeof part === 'string');
  const rest = unsure.length ? ` Too scattered to tell: ${listed(unsure)}.` : '';
  return `Between ${whole(from)} and ${whole(to)} tokens the time of ${NAMES[mode]} grows with the length to the power of ${parts.join('; ')}.${rest}`;
}

function isSteep({ law }: Fitted): boolean {
  return law.exponent > LINEAR;
}

/** With its own lengths where they are not those of the others. */
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
