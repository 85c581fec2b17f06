import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { readGenerationSettings } from '@sequitur/generation';
import { ConfigReader, type Family, parseJson, readFamilyConfig, readText } from '@sequitur/pretrained';
import { openTokenizer } from '@sequitur/text';
import { readPeftConfig } from '@sequitur/transformer';
import { models } from '../models/families.js';
import type { Entry, Kind } from './corpus.js';

/** The outcome of reading a file. */
export interface Outcome {
  readonly reads: boolean;
  /** The message of the refusal, or what was read. */
  readonly what: string;
  readonly warnings: readonly string[];
}

type Warn = (message: string) => void;

const READERS: Readonly<Record<Kind, (entry: Entry, warn: Warn) => Promise<string>>> = {
  configs: async ({ source }, warn) => {
    const families = new Set<Family>(models.flatMap((model) => model.families as readonly Family[]));
    const { family, config } = readFamilyConfig(await ConfigReader.open(source, { warn }), [...families]);
    return `${family.modelType} ${JSON.stringify(config).slice(0, 200)}`;
  },
  generation: async ({ source }) => {
    const file = (await source.open('generation_config.json'))!;
    const settings = parseJson(await readText(file), file.name) as Record<string, unknown>;
    await file.close?.();
    return JSON.stringify(readGenerationSettings(settings, { length: 1, sources: [[1]] }));
  },
  adapters: async ({ source }, warn) => JSON.stringify(await readPeftConfig(source, { warn })),
  tokenizers: async ({ source, name }) => {
    const tokenizer = await openTokenizer(source);
    if (!tokenizer) throw new SequiturError({ where: name, expected: 'a tokenizer', got: 'none' });
    const expected = await source.open('expected-rust.json');
    if (!expected) return JSON.stringify(tokenizer.encode('Hello, world!'));
    const cases = parseJson(await readText(expected), join(name, 'expected-rust.json')) as readonly Expected[];
    await expected.close?.();
    const differing = cases.filter(({ text, ids }) => String(tokenizer.tokenize(text).ids) !== String(ids));
    if (differing.length === 0) return `${cases.length} texts as expected`;
    throw new Error(`${differing.length} of ${cases.length} texts differ, as ${JSON.stringify(differing[0])}`);
  },
};

interface Expected {
  readonly text: string;
  readonly ids: readonly number[];
}

export async function outcomeOf(entry: Entry): Promise<Outcome> {
  const warnings: string[] = [];
  try {
    const what = await READERS[entry.kind](entry, (message) => warnings.push(message));
    return { reads: true, what, warnings };
  } catch (error) {
    // Any error other than a SequiturError is a fault, even if a refusal is expected.
    if (!(error instanceof SequiturError)) throw new Error(`${entry.kind}/${entry.name}: ${error}`, { cause: error });
    return { reads: false, what: error.message, warnings };
  }
}
