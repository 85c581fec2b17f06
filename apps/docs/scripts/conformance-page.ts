import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const conformanceFile = join(import.meta.dirname, '../../../docs/conformance.json');

/** A fixture: the largest difference to PyTorch on each backend, or why there is none. */
export interface ConformanceRow {
  readonly fixture: string;
  /** `model_type` of its config; null for operations, tokenizers and training runs. */
  readonly modelType: string | null;
  readonly differences: Record<string, number | 'failed' | 'unsupported'>;
}

export function rowsOf(text: string): ConformanceRow[] {
  return JSON.parse(text);
}

/** The page of all comparisons with PyTorch, by architecture. */
export async function conformancePage(): Promise<string> {
  const rows = rowsOf(await readFile(conformanceFile, 'utf8'));
  const backends = ['cpu', 'wasm', 'webgpu'].filter((name) => rows.some(({ differences }) => name in differences));
  const byModel = [...rows].sort((a, b) => nameOf(a).localeCompare(nameOf(b)) || a.fixture.localeCompare(b.fixture));
  return [
    '# Conformance',
    '',
    'Every architecture is compared with the numbers of its class in PyTorch: logits, hidden states, attention weights, generated',
    'tokens, losses and gradients, and the files that are saved. A fixture is a small model with random weights and what PyTorch',
    `computes with it. The table has the largest absolute difference of all compared numbers: ${rows.length} fixtures.`,
    '',
    '`pnpm --filter @sequitur/docs run conformance` runs the comparison and writes this page.',
    '',
    `| architecture | fixture | ${backends.join(' | ')} |`,
    `| --- | --- | ${backends.map(() => '---').join(' | ')} |`,
    ...byModel.map(
      (row) =>
        `| ${nameOf(row)} | ${row.fixture} | ${backends.map((name) => shown(row.differences[name])).join(' | ')} |`,
    ),
    '',
  ].join('\n');
}

function nameOf({ modelType }: ConformanceRow): string {
  return modelType === null ? 'operations and runs' : `\`${modelType}\``;
}

function shown(difference: number | string | undefined): string {
  if (difference === undefined) return 'not run';
  if (typeof difference === 'string') return difference;
  return difference === 0 ? '0' : difference.toExponential(1);
}
