import { zipSync } from 'fflate';
import { CheckpointStore, filesSink, type LanguageModel } from '../packages.js';
import { folderOf, type Store } from '../storage/store.js';
import { openData } from './data.js';
import { modelOf } from './parts.js';
import type { Record } from './record.js';
import type { Texts } from './texts.js';

/** The model of a run as it stood at its last checkpoint. The caller disposes it. */
export async function modelOfRun({ info, folder }: Record, store: Store, texts: Texts): Promise<LanguageModel> {
  const { tokenizer } = await openData(info.recipe, texts, () => {});
  const model = modelOf(info.spec, tokenizer.vocabularySize, tokenizer);
  const checkpoints = await CheckpointStore.open(folderOf(store, folder));
  if (await checkpoints.load(model)) return model;
  throw new Error(`${info.spec.name} has no checkpoint yet: it is kept after its first steps`);
}

/** A model as a zip of the folder that `fromPretrained` reads. */
export async function zipOf(model: LanguageModel, name: string): Promise<Uint8Array> {
  const sink = filesSink();
  await model.savePretrained(sink);
  const files = await Promise.all(
    sink.files.map(async (file) => [`${name}/${file.name}`, new Uint8Array(await file.arrayBuffer())] as const),
  );
  // Weights hardly shrink, and storing is at once.
  return zipSync(Object.fromEntries(files), { level: 0 });
}
