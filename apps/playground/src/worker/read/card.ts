import type { SiteModel } from '../../protocol/read.js';
import { type FileSource, readJsonObject, readText, SequiturError } from '../packages.js';

/** The parts of a model's card, its figures, and its size, from the files next to the model. */
export async function cardOf(
  source: FileSource,
  headline: string,
): Promise<Pick<SiteModel, 'parameters' | 'bytes' | 'measured' | 'minutes' | 'card'>> {
  const results = await figuresOf(source, ['parameters', headline, 'minutes']);
  const weights = await source.open('model.safetensors');
  return {
    parameters: results.parameters!,
    bytes: weights?.size ?? 0,
    measured: { what: headline, value: results[headline]! },
    minutes: results.minutes!,
    card: sectionsOf(await textOf(source, 'README.md')),
  };
}

/** @throws SequiturError where `results.json` is absent, damaged, or has another value than a number for one of the names */
async function figuresOf(source: FileSource, names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const results = await readJsonObject(source, 'results.json');
  const where = `${source.name}, results.json`;
  if (!results) throw new SequiturError({ where, expected: 'the figures of the model', got: 'no such file' });
  for (const name of names) {
    if (Number.isFinite(results[name])) continue;
    throw new SequiturError({
      where: `${where}, ${name}`,
      expected: 'a number',
      got: String(results[name]).slice(0, 60),
    });
  }
  return results as Readonly<Record<string, number>>;
}

/** The prose below each heading of second rank, without code, tables and marks. */
export function sectionsOf(markdown: string): SiteModel['card'] {
  const [, ...parts] = markdown.replace(/```[\s\S]*?```/g, '').split(/^## /m);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    const prose = lines.filter((line) => !/^\s*(\||- )/.test(line)).join(' ');
    return { title, text: plain(prose) };
  });
}

/** `[words](address)`, `**words**` and code as words. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

async function textOf(source: FileSource, name: string): Promise<string> {
  const file = await source.open(name);
  if (!file) throw new Error(`${source.name} has no ${name}`);
  return readText(file);
}
