/** Writes the Python file that saved language models carry into a string, which pages have as well. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(folder, 'python', 'modeling_sequitur.py');
const output = join(folder, 'src', 'parts', 'modeling.generated.ts');

export async function generate({ force }) {
  if (!force && existsSync(output) && statSync(source).mtimeMs < statSync(output).mtimeMs) return;
  const text = `/** \`python/modeling_sequitur.py\`. */\nexport const MODELING =\n  ${JSON.stringify(readFileSync(source, 'utf8'))};\n`;
  if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
}
