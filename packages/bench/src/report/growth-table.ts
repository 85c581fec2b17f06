import type { Mode } from '../scaling/records.js';
import type { Analysis, Curve } from './analysis.js';
import { bytes, exponent, milliseconds, whole } from './format.js';

/** Cells of the table that compares the growth of a mode's time with the growth of its parts. */
export function growthCells({ curves }: Analysis, mode: Mode) {
  const own = curves.filter((curve) => curve.mode === mode && curve.law !== null);
  const columns = columnsOf(mode).filter(({ cell }) => own.some((curve) => cell(curve) !== ''));
  return {
    heads: ['architecture', ...columns.map(({ head }) => head)],
    rows: own.map((curve) => [curve.architecture, ...columns.map(({ cell }) => cell(curve))]),
  };
}

interface Column {
  readonly head: string;
  cell(curve: Curve): string;
}

function columnsOf(mode: Mode): Column[] {
  const last = ({ points }: Curve) => points.at(-1)!;
  return [
    { head: 'between tokens', cell: ({ law }) => `${whole(law!.from)} – ${whole(law!.to)}` },
    { head: 'time ∝ nᵏ', cell: ({ law }) => exponent(law) },
    { head: 'attention kernels ∝ nᵏ', cell: ({ growth }) => (mode === 'decode' ? '' : exponent(growth.attention)) },
    { head: 'share of the time', cell: (curve) => attentionShare(curve) },
    { head: 'operations ∝ nᵏ', cell: ({ growth }) => growth.operations?.exponent.toFixed(2) ?? '' },
    {
      head: 'peak bytes ∝ nᵏ',
      cell: ({ growth }) => (mode === 'decode' ? '' : (growth.peakBytes?.exponent.toFixed(2) ?? '')),
    },
    { head: 'state bytes ∝ nᵏ', cell: ({ growth }) => growth.stateBytes?.exponent.toFixed(2) ?? '' },
    { head: 'longest: time', cell: (curve) => milliseconds(last(curve).time.median) },
    { head: 'tokens/s', cell: (curve) => whole(last(curve).tokensPerSecond) },
    {
      head: 'peak bytes',
      cell: (curve) => (last(curve).record.peakBytes === undefined ? '' : bytes(last(curve).record.peakBytes!)),
    },
  ];
}

/** Fraction of the time in attention kernels, at the longest length. */
function attentionShare({ points }: Curve): string {
  const { attentionTimes = [], times } = points.at(-1)!.record;
  const shares = attentionTimes.map((time, round) => time / times[round]!).sort((a, b) => a - b);
  return shares.length === 0 ? '' : `${Math.round(100 * shares[shares.length >> 1]!)} %`;
}
