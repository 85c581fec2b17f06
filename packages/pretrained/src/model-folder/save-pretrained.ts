import { checkOptions, SequiturError } from '@sequitur/core';
import { floatAttributes } from '../config/float-attributes.js';
import type { FileSink } from '../files/file-source.js';
import { writeFiles, writeJson } from '../files/json-files.js';
import { belongsToModel } from '../files/model-files.js';
import { openSink } from '../files/open-source.js';
import { saveTogether } from '../files/save-together.js';
import { type SaveOptions, saveOptions, saveWeights } from '../weights/save-weights.js';
import { torchDtypes } from '../weights/stored-dtype.js';
import { writeFamilyConfig } from './config-of-family.js';
import { isBare, type PretrainedModel, weightRules } from './family.js';

/**
 * Saves a folder (or files) that Python's `from_pretrained` reads: tokenizer, weights, `generation_config.json` and
 * `config.json`, with the dtypes of the loaded checkpoint unless the options say otherwise. All of it appears at once,
 * in place of what was saved there before.
 *
 * @throws SequiturError if the folder is not writable or another save is in progress; the folder is unchanged then
 */
export async function savePretrained(
  model: PretrainedModel,
  location: string | FileSink,
  options: SaveOptions = {},
): Promise<void> {
  checkOptions('savePretrained', saveOptions, options);
  const { family, config, tokenizer, metadata } = model;
  const architecture = classOf(model);
  const { dtype = metadata.dtype ?? 'F32', signal } = options;
  const write = async (sink: FileSink) => {
    if (tokenizer) await writeFiles(sink, tokenizer.files());
    await saveWeights(model, sink, weightRules(model), { ...options, dtype });
    if (metadata.generation) await writeJson(sink, 'generation_config.json', metadata.generation);
    await writeJson(
      sink,
      'config.json',
      {
        ...(architecture !== null && { architectures: [architecture] }),
        ...writeFamilyConfig(family, config),
        torch_dtype: torchDtypes[dtype],
      },
      floatAttributes,
    );
  };
  await saveTogether(openSink(location), write, { replaces: belongsToModel, signal });
}

/** Python's class for the head of the model; null where the family names no classes. */
function classOf({ family, headKind }: PretrainedModel): string | null {
  const classes = Object.entries(family.classes);
  if (classes.length === 0) return null;
  const found = classes.find(([, kind]) => kind === headKind || (isBare(headKind) && isBare(kind)));
  if (found) return found[0];
  throw new SequiturError({
    where: `saving a ${family.modelType} model`,
    expected: `a head that Hugging Face has a class for: ${Object.keys(family.classes).join(', ')}`,
    got: headKind,
  });
}
