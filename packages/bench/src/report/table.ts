import type { Mode } from '../scaling/records.js';
import type { Analysis, Curve } from './analysis.js';
import { backendOf, bytes, exponent, milliseconds, whole } from './format.js';

/** Cells of the results: one row per architecture, without empty columns. */
export function tableCells(analysis: Analysis): {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const { architectures, curves, trained } = analysis;
  const longest = Math.max(...curves.flatMap(({ points }) => points.map(({ length }) => length)));
  const columns = columnsFor(analysis, longest);
  const rows = architectures.map(({ architecture, parameters }) => {
    const loss = trained.find((record) => record.architecture === architecture)?.loss;
    const own = (mode: Mode) => curves.find((curve) => curve.architecture === architecture && curve.mode === mode);
    return [
      architecture,
      whole(parameters),
      loss === undefined ? '' : loss.toFixed(2),
      ...columns.map(({ cell }) => cell(own)),
    ];
  });
  const heads = ['architecture', 'parameters', 'loss', ...columns.map(({ head }) => head)];
  const used = heads.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== ''));
  const pick = (row: readonly string[]) => used.map((index) => row[index]!);
  return { heads: pick(heads), rows: rows.map(pick) };
}

/** The results as a table for terminals. */
export function textTable(analysis: Analysis): string {
  const { heads, rows } = tableCells(analysis);
  const lines = [heads, ...rows];
  const widths = heads.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)));
  const text = lines.map((line) =>
    line.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join('  '),
  );
  const { settings } = analysis.sweep;
  const note = `(${backendOf(settings)}; matched by ${settings.matchedBy} within 3 %; exponents of length, 95 % intervals)`;
  return [...text.slice(0, 1), '-'.repeat(text[0]!.length), ...text.slice(1), note].join('\n');
}

interface Column {
  readonly head: string;
  cell(own: (mode: Mode) => Curve | undefined): string;
}

function columnsFor({ sweep }: Analysis, longest: number): Column[] {
  const at = (curve: Curve | undefined) => curve?.points.find(({ length }) => length === longest);
  const columns = sweep.settings.modes.flatMap((mode): Column[] => [
    { head: `${mode} ∝ nᵏ`, cell: (own) => exponent(own(mode)?.law ?? null) },
    {
      head: mode === 'decode' ? `1 token at ${longest}` : `${mode} ${longest}`,
      cell: (own) => {
        const point = at(own(mode));
        return point ? milliseconds(point.time.median) : '';
      },
    },
  ]);
  return [
    ...columns,
    {
      head: `state at ${longest}`,
      cell: (own) => {
        const found = at(own('decode'))?.record.stateBytes;
        return found === undefined ? '' : bytes(found);
      },
    },
  ];
}
