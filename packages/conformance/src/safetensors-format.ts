import { readdir } from 'node:fs/promises';
import { SequiturError } from '@sequitur/core';
import { folderSource, SafetensorsFile, type StoredTensor } from '@sequitur/pretrained';
import { compareIds, type Finding, type FolderReport, summarize } from './comparison.js';
import { readJson, readTensors } from './golden.js';

interface Expected {
  /** File -> tensor -> its values, as a list or with dtype and shape; integers beyond 2^53 and booleans are strings. */
  readonly ok: Record<string, Record<string, readonly number[] | { shape: number[]; values: unknown[] }>>;
  readonly metadata?: Record<string, string>;
  readonly bad: Record<string, string>;
}

/** Valid files must give their exact values; malformed ones must be refused with a SequiturError. */
export async function conformSafetensors(folder: string): Promise<FolderReport> {
  const expected = await readJson<Expected>(folder, 'expected.json');
  if (!expected) return { folder, verdict: 'unsupported', findings: [], detail: 'no expected.json' };
  const findings: Finding[] = [];
  for (const [file, wanted] of Object.entries(expected.ok)) findings.push(...(await readSound(folder, file, wanted)));
  const malformed = (await readdir(folder)).filter((file) => file.startsWith('bad_'));
  for (const file of new Set([...Object.keys(expected.bad), ...malformed])) findings.push(await refuse(folder, file));
  return summarize(folder, findings);
}

async function readSound(folder: string, file: string, wanted: Expected['ok'][string]): Promise<Finding[]> {
  const tensors = await readTensors(folder, file);
  if (!tensors) return [{ name: file, verdict: 'failed', detail: 'the file is missing' }];
  const names = compareIds(`${file}, names`, [...tensors.keys()].sort(), Object.keys(wanted).sort());
  const values = Object.entries(wanted).map(([name, tensor]) => {
    const stored = tensors.get(name);
    const list = Array.isArray(tensor) ? tensor : (tensor as { values: unknown[] }).values;
    return compareIds(`${file}, ${name}`, stored && listOf(stored), list.map(canonical));
  });
  return [names, ...values];
}

function listOf({ dtype, values }: StoredTensor): string[] {
  return Array.from(values as ArrayLike<number | bigint>, (value) =>
    dtype === 'BOOL' ? canonical(value ? 'True' : 'False') : canonical(value),
  );
}

/** Values as strings, so that -0, NaN and large integers are distinct. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return String(value);
}

async function refuse(folder: string, file: string): Promise<Finding> {
  const opened = await folderSource(folder).open(file);
  if (!opened) return { name: file, verdict: 'failed', detail: 'the file is missing' };
  try {
    await SafetensorsFile.open(opened);
    return { name: file, verdict: 'failed', detail: 'was read although it is malformed' };
  } catch (error) {
    const ours = error instanceof SequiturError;
    return { name: file, verdict: ours ? 'passed' : 'failed', detail: `refused: ${(error as Error).message}` };
  } finally {
    await opened.close?.();
  }
}
