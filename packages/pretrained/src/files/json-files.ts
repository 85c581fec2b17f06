import { SequiturError, showValue } from '@sequitur/core';
import { type FileSink, type FileSource, readText } from './file-source.js';
import { parseJson, stringifyJson } from './json.js';
import { checkSink, checkSource } from './location.js';

/** The JSON object in a file, or null where there is none. @throws SequiturError where it holds anything else */
export async function readJsonObject(
  source: FileSource,
  path: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const file = await checkSource('readJsonObject', source).open(path);
  if (!file) return null;
  try {
    const value = parseJson(await readText(file), file.name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new SequiturError({ where: file.name, expected: 'a JSON object', got: showValue(value) });
  } finally {
    await file.close?.();
  }
}

/** Writes a value as JSON, indented as Python does, infinite numbers and `floats` as Python spells them. */
export async function writeJson(
  sink: FileSink,
  path: string,
  value: unknown,
  floats?: ReadonlySet<string>,
): Promise<void> {
  await sink.write(path, [new TextEncoder().encode(stringifyJson(value, floats))]);
}

/** Files by path: bytes, text, or plain data to be written as JSON. */
export type FileContents = Readonly<Record<string, Uint8Array | string | object>>;

/** Writes each of the files. */
export async function writeFiles(sink: FileSink, files: FileContents): Promise<void> {
  checkSink('writeFiles', sink);
  for (const [path, content] of Object.entries(files)) {
    const bytes = content instanceof Uint8Array ? content : new TextEncoder().encode(textOf(content));
    await sink.write(path, [bytes]);
  }
}

function textOf(content: object | string): string {
  return typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
}
