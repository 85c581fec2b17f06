import { checkOptions, optionsOf } from '@sequitur/core';
import { dataError, shownValue } from './data-error.js';
import { type DataOptions, dataRules, UNNAMED } from './data-options.js';

/** A source text with its target texts. */
export interface Translation {
  readonly source: string;
  readonly targets: readonly string[];
}

const translationOptions = optionsOf<DataOptions>(dataRules);

/**
 * Parses parallel text: a source and a target on each line with a tab between; or two texts with equal numbers of
 * lines. Neighbouring lines of one source are its translations.
 *
 * @param content one text, or source and target
 * @throws SequiturError with the line that lacks a counterpart
 */
export function parseTranslations(
  content: string | readonly [source: string, target: string],
  options: DataOptions = {},
): Translation[] {
  const { name = UNNAMED } = checkOptions('parseTranslations', translationOptions, options);
  const pairs = typeof content === 'string' ? linesOf(content).map(fieldsOf(name)) : alignedLines(content, name);
  if (pairs.length === 0) throw dataError(name, 'at least one line', 'nothing');
  const translations: { readonly source: string; readonly targets: string[] }[] = [];
  for (const [index, [source, target]] of pairs.entries()) {
    if (!source.trim() || !target.trim()) throw dataError(`${name}, line ${index + 1}`, 'two texts', 'a blank one');
    const last = translations.at(-1);
    if (last?.source === source) last.targets.push(target);
    else translations.push({ source, targets: [target] });
  }
  return translations;
}

type Pair = readonly [source: string, target: string];

const fieldsOf =
  (name: string) =>
  (line: string, index: number): Pair => {
    const fields = line.split('\t');
    if (fields.length === 2) return fields as unknown as Pair;
    throw dataError(`${name}, line ${index + 1}`, 'two texts with a tab between them', shownValue(line));
  };

function alignedLines([source, target]: readonly [string, string], name: string): Pair[] {
  const [sources, targets] = [linesOf(source), linesOf(target)];
  if (sources.length !== targets.length) {
    throw dataError(name, 'as many lines', `${sources.length} and ${targets.length}`);
  }
  return sources.map((line, index) => [line, targets[index]!]);
}

/** Without the empty one after a last line end. */
function linesOf(content: string): string[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
