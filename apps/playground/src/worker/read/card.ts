import type { SiteModel } from '../../protocol/read.js';
import { type FileSource, readText } from '../packages.js';

/** The parts of a model's card, its figures, and its size, from the files next to the model. */
export async function cardOf(
  source: FileSource,
  headline: string,
): Promise<Pick<SiteModel, 'parameters' | 'bytes' | 'measured' | 'minutes' | 'card'>> {
  const results = JSON.parse(await textOf(source, 'results.json')) as Record<string, unknown>;
  const weights = await source.open('model.safetensors');
  return {
    parameters: Number(results.parameters),
    bytes: weights?.size ?? 0,
    measured: { what: headline, value: Number(results[headline]) },
    minutes: Number(results.minutes),
    card: sectionsOf(await textOf(source, 'README.md')),
  };
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
