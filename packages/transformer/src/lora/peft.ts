import {
  checkArgument,
  checkOptions,
  type Module,
  option,
  optionsOf,
  SequiturError,
  shorten,
  showShape,
} from '@sequitur/core';
import {
  type Checkpoint,
  type CheckpointLocation,
  type ConfigReaderOptions,
  type Correspondence,
  type FileSink,
  fromFiles,
  type HubOptions,
  isAdapterFile,
  openSink,
  openSource,
  safetensorsChunks,
  saveTogether,
  sourceRules,
  type WeightRule,
  writeJson,
} from '@sequitur/pretrained';
import {
  type AdaptedTensor,
  adaptedTensors,
  filesOf,
  fill,
  fusedPaths,
  inputsFirst,
  moduleOf,
  PREFIX,
  pairsOf,
} from './adapted-tensors.js';
import { Lora, type LoraOptions } from './lora.js';
import { openOf, readPeftConfig } from './peft-config.js';

export interface SaveLoraOptions {
  /** Path or repository of the base model, for Python. */
  readonly baseModel?: string;
  /** Task type of PEFT; default CAUSAL_LM. */
  readonly taskType?: string;
  /** Cancels the save without any change. */
  readonly signal?: AbortSignal | undefined;
}

const saveLoraOptions = optionsOf<SaveLoraOptions>({
  baseModel: option.optional(option.text),
  taskType: option.optional(option.text),
  signal: option.optional(option.signal),
});

/**
 * Adapts a model as Python does: Linears that the checkpoint of `rules` stores as one share A. Options and errors are
 * those of `Lora`.
 */
export function peftLora(model: Module, rules: readonly WeightRule[], options: LoraOptions = {}): Lora {
  checkArgument('peftLora, options', option.anObject, options);
  return new Lora(model, { fused: fusedPaths(model, rules), ...options });
}

/**
 * Saves the adapters in the format of PEFT: adapter_config.json and adapter_model.safetensors, which Python's
 * `PeftModel.from_pretrained` reads.
 *
 * @param rules the names of the model's checkpoint
 */
export async function saveLora(
  model: Module,
  lora: Lora,
  rules: readonly WeightRule[],
  location: string | FileSink,
  options: SaveLoraOptions = {},
): Promise<void> {
  const { baseModel, taskType = 'CAUSAL_LM', signal } = checkOptions('saveLora', saveLoraOptions, options);
  const tensors = adaptedTensors(model, lora, rules);
  const config = {
    peft_type: 'LORA',
    task_type: taskType,
    base_model_name_or_path: baseModel ?? null,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    target_modules: targetNames(tensors, pairsOf(model, rules)),
    fan_in_fan_out: tensors.some(({ correspondence }) => inputsFirst(correspondence)),
    bias: 'none',
    inference_mode: true,
  };
  const write = async (sink: FileSink) => {
    const chunks = safetensorsChunks(tensors.flatMap((tensor) => filesOf(tensor, lora.rank)));
    await sink.write('adapter_model.safetensors', chunks);
    await writeJson(sink, 'adapter_config.json', config);
  };
  await saveTogether(openSink(location), write, { replaces: isAdapterFile, signal });
}

/**
 * Target names by which PEFT adapts these modules and no others. PEFT adapts every module whose name has such a suffix;
 * where that would be more, these are whole names.
 */
function targetNames(tensors: readonly AdaptedTensor[], all: readonly Correspondence[]): string[] {
  const adapted = new Set(tensors.map(({ module }) => module));
  const last = (module: string) => module.split('.').at(-1)!;
  const ends = new Set([...adapted].map(last));
  const matched = all.map(({ checkpoint }) => moduleOf(checkpoint)).filter((module) => ends.has(last(module)));
  return matched.every((module) => adapted.has(module)) ? [...ends] : [...adapted];
}

export interface LoadLoraOptions extends HubOptions, ConfigReaderOptions {}

const loadLoraOptions = optionsOf<LoadLoraOptions>(sourceRules);

/**
 * Loads adapters saved by {@link saveLora} or by PEFT into a model.
 *
 * @throws SequiturError where files are missing or corrupt, or the adapter does not fit the model
 */
export async function loadLora(
  model: Module,
  rules: readonly WeightRule[],
  location: CheckpointLocation,
  options: LoadLoraOptions = {},
): Promise<Lora> {
  checkOptions('loadLora', loadLoraOptions, options);
  const source = await openSource(location, options);
  const { rank, alpha, dropout, targets } = await readPeftConfig(source, options);
  const file = await openOf(source, 'adapter_model.safetensors');
  const checkpoint = await fromFiles(source.name, [file]);
  try {
    checkTargets(checkpoint, targets);
    const paths = adaptedPaths(model, rules, checkpoint);
    expectRank(checkpoint, rank);
    const lora = peftLora(model, rules, { rank, alpha, dropout, targets: (path) => paths.has(path) });
    try {
      for (const tensor of adaptedTensors(model, lora, rules)) await fillFrom(checkpoint, tensor, rank);
    } catch (error) {
      lora.remove(); // the model is unchanged
      throw error;
    }
    return lora;
  } finally {
    await checkpoint.close();
  }
}

/** Checks the rank before adapters are created, whose memory grows with it. */
function expectRank({ name: where, tensors }: Checkpoint, rank: number): void {
  for (const [name, { shape }] of tensors) {
    const stored = name.endsWith('.lora_A.weight') ? shape[0] : name.endsWith('.lora_B.weight') ? shape[1] : rank;
    if (stored === rank) continue;
    throw new SequiturError({
      where: `${where}, ${name}`,
      expected: `rank ${rank}, given in adapter_config.json`,
      got: `shape ${showShape(shape)}`,
    });
  }
}

/** Refuses tensors of modules that the configuration does not name: Python would ignore them. */
function checkTargets({ name, tensors }: Checkpoint, targets: (module: string) => boolean): void {
  const stored = [...tensors.keys()].filter((tensor) => tensor.startsWith(PREFIX));
  const modules = stored.map((tensor) => tensor.slice(PREFIX.length).replace(/\.lora_[AB]\.weight$/, ''));
  const dropped = [...new Set(modules.filter((module) => !targets(module)))];
  if (dropped.length === 0) return;
  throw new SequiturError({
    where: `${name}, adapter_config.json`,
    expected: 'target_modules, exclude_modules and layers_to_transform that name every adapted module',
    got: `tensors of ${listed(dropped)}`,
    fix: 'Check that adapter_config.json and adapter_model.safetensors belong together',
  });
}

/** Maximum number of names in an error. */
const MOST_LISTED = 5;

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST_LISTED)
    .map((name) => shorten(name))
    .join(', ');
  return names.length > MOST_LISTED ? `${shown} and ${names.length - MOST_LISTED} more` : shown;
}

/** The paths of the Linears of `model` that a checkpoint adapts; unknown ones are refused. */
function adaptedPaths(model: Module, rules: readonly WeightRule[], checkpoint: Checkpoint): Set<string> {
  const stored = new Set([...checkpoint.tensors.keys()].map((name) => name.replace(/\.lora_[AB]\.weight$/, '')));
  const adapted = pairsOf(model, rules).filter(({ checkpoint: name }) => stored.has(`${PREFIX}${moduleOf(name)}`));
  const known = new Set(adapted.map(({ checkpoint: name }) => `${PREFIX}${moduleOf(name)}`));
  const foreign = [...stored].filter((name) => !known.has(name));
  if (foreign.length === 0) return new Set(adapted.flatMap(({ parameters }) => parameters.map(moduleOf)));
  throw new SequiturError({
    where: `${checkpoint.name}, adapter_model.safetensors`,
    expected: 'adapters of Linears of this model',
    got: listed(foreign),
  });
}

async function fillFrom(checkpoint: Checkpoint, tensor: AdaptedTensor, rank: number): Promise<void> {
  const [a, b] = filesOf(tensor, rank);
  for (const { name, shape } of [a, b]) {
    const found = showShape(checkpoint.tensors.get(name)?.shape ?? []);
    if (found === showShape(shape)) continue;
    throw new SequiturError({ where: `${checkpoint.name}, ${name}`, expected: showShape(shape), got: found });
  }
  fill(tensor, rank, await checkpoint.readFloat32(a.name), await checkpoint.readFloat32(b.name));
}
