import { architectureOf } from '../../../architectures/index.js';
import type { BlockSpec, BudgetUnit, DataSpec, ModelSpec, Recipe, Setting } from '../../../protocol/recipe.js';
import { entriesOf, queryOf } from '../../../stores/query.js';
import { taskOf } from '../../../tasks/index.js';
import { defaultRecipe } from './recipes.js';

/** Content of a link to Train. */
export interface TrainLink {
  readonly recipe: Recipe;
  readonly specs: readonly ModelSpec[];
}

/** `data=moby-dick:1024&budget=steps:600&...&run=GPT;64;attention,heads=4*4` */
export function linkOf({ recipe, specs }: TrainLink): string {
  const { data, budget, batchSize, length, optimizer, learningRate, schedule, seed } = recipe;
  return queryOf([
    data.kind === 'text' ? ['text', `${data.text}:${data.tokens}`] : ['task', `${data.task}:${data.size}`],
    ['budget', `${budget.unit}:${budget.amount}`],
    ['batch', `${batchSize}x${length}`],
    ['optimizer', `${optimizer}:${learningRate}:${schedule}`],
    ['seed', seed],
    ...specs.map((spec) => ['run', runText(spec)] as const),
  ]);
}

/** Parses a link; missing and invalid parts have their defaults. */
export function readLink(query: string): TrainLink {
  const entries = entriesOf(query);
  const one = (name: string) => entries.get(name)?.[0]?.split(':') ?? [];
  const base = defaultRecipe();
  const [unit, amount] = one('budget');
  const [batch, length] = (entries.get('batch')?.[0] ?? '').split('x').map(Number);
  const [optimizer, rate, schedule] = one('optimizer');
  const recipe: Recipe = {
    data: readData(one('text'), one('task')) ?? base.data,
    budget:
      ['steps', 'seconds', 'flops'].includes(unit ?? '') && Number(amount) > 0
        ? { unit: unit as BudgetUnit, amount: Number(amount) }
        : base.budget,
    batchSize: whole(batch, base.batchSize),
    length: whole(length, base.length),
    optimizer: oneOf(['adamw', 'lion', 'sgd'] as const, optimizer) ?? base.optimizer,
    learningRate: Number(rate) > 0 ? Number(rate) : base.learningRate,
    schedule: oneOf(['cosine', 'constant', 'linear'] as const, schedule) ?? base.schedule,
    seed: whole(Number(entries.get('seed')?.[0] ?? Number.NaN), base.seed, 0),
  };
  return { recipe, specs: (entries.get('run') ?? []).flatMap((text) => readRun(text) ?? []) };
}

/** `name;width;block/block*4`, a block being `kind,setting=value,...` */
export function runText({ name, width, blocks }: ModelSpec): string {
  const groups: { text: string; count: number }[] = [];
  for (const block of blocks) {
    const text = blockText(block);
    const last = groups.at(-1);
    if (last?.text === text) last.count++;
    else groups.push({ text, count: 1 });
  }
  const column = groups.map(({ text, count }) => (count > 1 ? `${text}*${count}` : text)).join('/');
  return `${name.replaceAll(';', ',')};${width};${column}`;
}

function blockText({ kind, settings }: BlockSpec): string {
  return [kind, ...Object.entries(settings).map(([name, value]) => `${name}=${encoded(String(value))}`)].join(',');
}

export function readRun(text: string): ModelSpec | null {
  try {
    const [name, width, column] = text.split(';');
    const blocks = (column ?? '').split('/').filter(Boolean).flatMap(readBlocks);
    return name && Number(width) > 0 ? { name, width: Number(width), blocks } : null;
  } catch {
    return null; // an architecture that this site does not have
  }
}

function readBlocks(text: string): BlockSpec[] {
  const [, body, times = '1'] = /^(.*?)(?:\*(\d+))?$/.exec(text)!;
  const [kind, ...settings] = body!.split(',');
  architectureOf(kind!);
  const block = { kind: kind!, settings: Object.fromEntries(settings.map(readSetting)) };
  return Array.from({ length: Math.min(64, Number(times)) }, () => block);
}

function readSetting(text: string): [string, Setting] {
  const at = text.indexOf('=');
  const value = decodeURIComponent(text.slice(at + 1));
  return [text.slice(0, at), value !== '' && !Number.isNaN(Number(value)) ? Number(value) : value];
}

/** Escapes the delimiters of a run's text. */
function encoded(value: string): string {
  return value.replace(/[%,;/*=]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readData([text, tokens]: string[], [task, size]: string[]): DataSpec | null {
  if (text)
    return { kind: 'text', text, tokens: tokens === 'characters' ? 'characters' : whole(Number(tokens), 1024, 257) };
  if (!task) return null;
  try {
    const { minimum, maximum, default: usual } = taskOf(task).size;
    return { kind: 'task', task, size: Math.min(maximum, whole(Number(size), usual, minimum)) };
  } catch {
    return null;
  }
}

function whole(value: number | undefined, otherwise: number, minimum = 1): number {
  return value !== undefined && Number.isInteger(value) && value >= minimum ? value : otherwise;
}

function oneOf<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((each) => each === value);
}
