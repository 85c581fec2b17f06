import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { startedIn } from './run-recipe.js';

/** Results and settings of a recipe, as in `results.json`. */
export type Results = Readonly<Record<string, string | number | boolean | null>>;

/** Writes `results.json` into the folder and prints it. */
export async function saveResults(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const width = Math.max(...Object.keys(results).map((name) => name.length));
  const lines = Object.entries(results).map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`);
  console.log(['', `Results, saved in ${shortPath(join(folder, 'results.json'))}:`, ...lines].join('\n'));
}

/** A path relative to the folder where npm was called. */
export function shortPath(path: string): string {
  return relative(startedIn, path) || '.';
}

function shown(value: Results[string]): string {
  return typeof value === 'number' ? Number(value.toPrecision(5)).toLocaleString('en') : String(value);
}
