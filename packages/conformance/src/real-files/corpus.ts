import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { type FileSource, folderSource, parseJson, readText } from '@sequitur/pretrained';

/** Kinds of files, each with the name that a model folder gives them; tokenizers are folders. */
const KINDS = {
  configs: 'config.json',
  generation: 'generation_config.json',
  adapters: 'adapter_config.json',
  tokenizers: null,
} as const;

export type Kind = keyof typeof KINDS;

/** A file of the corpus, or a folder of tokenizer files, as a source that names it as a model folder does. */
export interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly source: FileSource;
  /** The expected outcome: `loads`, `read`, or `refused` with a condition. */
  readonly right: string;
  readonly why: string;
}

/** Every file that the indices of a corpus list. */
export async function readCorpus(folder: string): Promise<Entry[]> {
  const kinds = Object.keys(KINDS) as Kind[];
  return (await Promise.all(kinds.map((kind) => readIndex(folder, kind)))).flat();
}

async function readIndex(folder: string, kind: Kind): Promise<Entry[]> {
  const place = folderSource(join(folder, kind));
  const index = await place.open('index.json');
  if (!index) {
    throw new SequiturError({ where: folder, expected: `an index.json in ${kind}/`, got: 'none' });
  }
  const listed = parseJson(await readText(index), index.name) as Record<string, string>[];
  await index.close?.();
  return listed.map((line) => {
    const name = line.file ?? line.folder!;
    const place = join(folder, kind);
    const source = KINDS[kind] === null ? folderSource(join(place, name)) : renamed(place, name, KINDS[kind]);
    return { kind, name, source, right: line.right!, why: line.why ?? '' };
  });
}

function renamed(folder: string, file: string, name: string): FileSource {
  const source = folderSource(folder);
  return { name: file, open: async (path) => (path === name ? source.open(file) : null) };
}
