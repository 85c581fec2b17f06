import { createHash } from 'node:crypto';
import {
  type Checkpoint,
  type FileSource,
  filesSink,
  filesSource,
  folderSource,
  openCheckpoint,
  readJsonObject,
  saveWeights,
  storedDtype,
} from '@sequitur/pretrained';
import { compareIds, type Finding } from '../comparison.js';
import type { ModelUnderTest, SavableModel } from './model-under-test.js';

/** Loads a folder, saves it, and compares; then loads and saves the result, which must not change. */
export async function compareRoundTrip(
  folder: string,
  load: (source: FileSource) => Promise<SavableModel>,
): Promise<Finding[]> {
  const source = folderSource(folder);
  if (!(await storesWeights(source))) return [];
  const original = await openCheckpoint(source);
  try {
    const first = await saveAgain(source, load);
    const findings = [await compareTensors(filesSource(first), original)];
    findings.push(...(await compareSettings(filesSource(first), source)));
    findings.push(await compareFiles('round trip/again', await saveAgain(filesSource(first), load), first));
    return findings;
  } finally {
    await original.close();
  }
}

/** Whether the folder stores weights; some have a recipe that computes them. */
async function storesWeights(source: FileSource): Promise<boolean> {
  for (const path of ['model.safetensors', 'model.safetensors.index.json']) {
    const file = await source.open(path);
    await file?.close?.();
    if (file) return true;
  }
  return false;
}

async function saveAgain(
  source: FileSource,
  load: (source: FileSource) => Promise<SavableModel>,
): Promise<readonly File[]> {
  const model = await load(source);
  try {
    const sink = filesSink();
    await model.savePretrained(sink);
    return sink.files;
  } finally {
    model.dispose();
  }
}

/** Compares only the saved weights, for a model without a folder format. */
export async function compareSavedWeights(
  { model, rules }: Pick<ModelUnderTest, 'model' | 'rules'>,
  original: Checkpoint,
): Promise<Finding> {
  const sink = filesSink();
  await saveWeights(model, sink, rules, { dtype: storedDtype(original) });
  return compareTensors(filesSource(sink.files), original);
}

/** Compares names, dtypes, shapes and values bitwise. */
async function compareTensors(saved: FileSource, original: Checkpoint): Promise<Finding> {
  const found = await openCheckpoint(saved);
  try {
    const differences = differencesOf(found, original);
    for (const tensor of original.tensors.keys()) {
      if (!found.tensors.has(tensor)) continue;
      const [own, wanted] = [await found.readFloat32(tensor), await original.readFloat32(tensor)];
      if (Buffer.compare(bytesOf(own), bytesOf(wanted)) !== 0) differences.push(`other values in ${tensor}`);
    }
    const detail = differences.slice(0, 5).join('; ') || `${original.tensors.size} tensors are the same`;
    return { name: 'round trip/tensors', verdict: differences.length > 0 ? 'failed' : 'passed', detail };
  } finally {
    await found.close();
  }
}

function differencesOf(found: Checkpoint, original: Checkpoint): string[] {
  const describe = ({ tensors }: Checkpoint, name: string) => {
    const { dtype, shape } = tensors.get(name)!;
    return `${name} ${dtype} [${shape.join(', ')}]`;
  };
  const [own, wanted] = [found, original].map((one) => [...one.tensors.keys()].map((name) => describe(one, name)));
  return [
    ...wanted!.filter((tensor) => !own!.includes(tensor)).map((tensor) => `not saved: ${tensor}`),
    ...own!.filter((tensor) => !wanted!.includes(tensor)).map((tensor) => `saved as ${tensor}`),
  ];
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Compares the settings by which Python selects the class, and those of generation. */
async function compareSettings(saved: FileSource, original: FileSource): Promise<Finding[]> {
  const [found, wanted] = await Promise.all([saved, original].map((source) => readJsonObject(source, 'config.json')));
  const findings = ['architectures', 'model_type', 'torch_dtype']
    .filter((name) => wanted?.[name] != null)
    .map((name) => compareIds(`round trip/config.json, ${name}`, found?.[name], wanted?.[name]));
  const generation = await readJsonObject(original, 'generation_config.json');
  if (!generation) return findings;
  const kept = await readJsonObject(saved, 'generation_config.json');
  return [...findings, compareIds('round trip/generation_config.json', kept, generation)];
}

async function compareFiles(name: string, found: readonly File[], wanted: readonly File[]): Promise<Finding> {
  const contents = async (files: readonly File[]) =>
    new Map(await Promise.all(files.map(async (file) => [file.name, await digestOf(file)] as const)));
  const [own, first] = [await contents(found), await contents(wanted)];
  const names = new Set([...found, ...wanted].map((file) => file.name));
  const changed = [...names].filter((file) => own.get(file) !== first.get(file));
  const detail = changed.length > 0 ? `${changed.join(', ')} changed` : `${wanted.length} files are the same`;
  return { name, verdict: changed.length > 0 ? 'failed' : 'passed', detail };
}

async function digestOf(file: File): Promise<string> {
  return createHash('sha256')
    .update(new Uint8Array(await file.arrayBuffer()))
    .digest('hex');
}
