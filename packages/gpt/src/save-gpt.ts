import { type FileSink, type Module, type SaveOptions, saveWeights, type WeightDtype, writeJson } from '@sequitur/core';
import { saveTokenizer, type Tokenizer } from '@sequitur/text';
import type { GptConfig, GptFamily } from './family.js';
import { rulesOf, type StoredAs } from './open-gpt.js';

/** A model with what its folder says of it. */
interface SavedGpt extends Module {
  readonly config: GptConfig;
  readonly family: GptFamily;
  readonly tokenizer: Tokenizer | null;
  readonly storedAs: StoredAs;
}

const TORCH_DTYPES: Readonly<Record<WeightDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Writes the folder that Python's class of the same kind reads: as it was stored, unless the options say otherwise. */
export async function saveGpt(model: SavedGpt, sink: FileSink, options: SaveOptions): Promise<void> {
  const { config, family, tokenizer, storedAs } = model;
  const { architecture = family.classes.languageModel, dtype = 'F32', generation } = storedAs;
  const prefix = architecture === family.classes.base ? '' : family.prefix;
  const settled = { dtype, ...options };
  await saveWeights(model, sink, rulesOf(family, config, prefix), settled);
  if (tokenizer) await saveTokenizer(tokenizer, sink);
  if (generation) await writeJson(sink, 'generation_config.json', generation);
  await writeJson(sink, 'config.json', {
    architectures: [architecture],
    ...family.writeConfig(config),
    torch_dtype: TORCH_DTYPES[settled.dtype],
  });
}
