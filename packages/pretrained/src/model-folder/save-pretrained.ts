import { checkArgument, checkOptions, option, parametersOf, SequiturError } from '@sequitur/core';
import { floatAttributes } from '../config/float-attributes.js';
import type { FileSink } from '../files/file-source.js';
import { writeFiles, writeJson } from '../files/json-files.js';
import { belongsToModel } from '../files/model-files.js';
import { openSink } from '../files/open-source.js';
import { saveTogether } from '../files/save-together.js';
import type { WeightDtype } from '../safetensors/dtypes.js';
import { type SaveOptions, saveOptions, saveWeights } from '../weights/save-weights.js';
import { torchDtypes } from '../weights/stored-dtype.js';
import { writeFamilyConfig } from './config-of-family.js';
import { isBare, type PretrainedModel, weightRules } from './family.js';

/**
 * Saves a folder (or files) that Python's `from_pretrained` reads: tokenizer, weights, `generation_config.json` and
 * `config.json`. By default weights that are held as integers are stored as such, others in the dtype of the loaded
 * checkpoint. All files appear at once, in place of the previous save.
 *
 * @throws SequiturError if the folder is not writable or another save is in progress; the folder is unchanged then
 */
export async function savePretrained(
  model: PretrainedModel,
  location: string | FileSink,
  options: SaveOptions = {},
): Promise<void> {
  checkArgument('savePretrained, model', pretrained, model);
  checkOptions('savePretrained', saveOptions, options);
  const { family, config, tokenizer, metadata } = model;
  const architecture = classOf(model);
  const { signal } = options;
  const dtype = options.dtype ?? (storesIntegers(model) ? undefined : (metadata.dtype ?? 'F32'));
  const write = async (sink: FileSink) => {
    if (tokenizer) await writeFiles(sink, tokenizer.files());
    const { quantization } = await saveWeights(model, sink, weightRules(model), { ...options, dtype });
    if (family.files) await writeFiles(sink, await family.files(config));
    if (metadata.generation) await writeJson(sink, 'generation_config.json', metadata.generation);
    await writeJson(
      sink,
      'config.json',
      {
        ...(architecture !== null && { architectures: [architecture] }),
        ...writeFamilyConfig(family, config),
        ...(quantization && { quantization_config: quantization }),
        torch_dtype: torchDtypes[isPlain(dtype) ? dtype : 'F32'],
      },
      floatAttributes,
    );
  };
  await saveTogether(openSink(location), write, { replaces: belongsToModel, signal });
}

function storesIntegers(model: PretrainedModel): boolean {
  return [...parametersOf(model).values()].some(({ format }) => format === 'int8' || format === 'int4');
}

function isPlain(dtype: SaveOptions['dtype']): dtype is WeightDtype {
  return dtype !== undefined && dtype !== 'q8' && dtype !== 'q4';
}
const pretrained = option.kind(
  'a model with a family and a config',
  (model) => typeof model === 'object' && model !== null && 'family' in model && 'config' in model,
);

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
