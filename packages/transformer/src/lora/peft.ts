import {
  aBoolean,
  anInteger,
  aPositive,
  aShare,
  type CheckpointLocation,
  ConfigReader,
  type Correspondence,
  correspondences,
  type FileSink,
  type FileSource,
  fromFiles,
  type HubOptions,
  isFalse,
  type Module,
  oneOf,
  openSink,
  openSource,
  parametersOf,
  parseJson,
  type ReadAttribute,
  readText,
  SequiturError,
  safetensorsChunks,
  showShape,
  type WeightRule,
  writeJson,
} from '@sequitur/core';
import { Lora, type LoraOptions } from './lora.js';
import type { LoraLinear } from './lora-linear.js';

/** A Linear of the checkpoint with the Linears of ours that it holds, as far as they are adapted. */
interface AdaptedTensor {
  /** As Python calls the module. */
  readonly module: string;
  readonly correspondence: Correspondence;
  readonly adapters: readonly (LoraLinear | null)[];
}

export interface SaveLoraOptions {
  /** Where the model lies that the adapter belongs to, for Python. */
  readonly baseModel?: string;
  /** Default CAUSAL_LM. */
  readonly taskType?: string;
}

/** The options with A shared where the checkpoint of `rules` stores several Linears as one, as Python's adapters are. */
export function peftLora(model: Module, rules: readonly WeightRule[], options: LoraOptions = {}): Lora {
  return new Lora(model, { fused: fusedPaths(model, rules), ...options });
}

/**
 * Saves the corrections alone, as the library PEFT lays them out: adapter_config.json and adapter_model.safetensors, which
 * Python's `PeftModel.from_pretrained` reads.
 *
 * @param rules the names of the model's checkpoint
 */
export async function saveLora(
  model: Module,
  lora: Lora,
  rules: readonly WeightRule[],
  location: string | FileSink,
  { baseModel, taskType = 'CAUSAL_LM' }: SaveLoraOptions = {},
): Promise<void> {
  const sink = openSink(location);
  const tensors = adaptedTensors(model, lora, rules);
  await sink.write(
    'adapter_model.safetensors',
    safetensorsChunks(tensors.flatMap((tensor) => filesOf(tensor, lora.rank))),
  );
  await writeJson(sink, 'adapter_config.json', {
    peft_type: 'LORA',
    task_type: taskType,
    base_model_name_or_path: baseModel ?? null,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    target_modules: [...new Set(tensors.map(({ module }) => module.split('.').at(-1)!))],
    fan_in_fan_out: tensors.some(({ correspondence }) => inputsFirst(correspondence)),
    bias: 'none',
    inference_mode: true,
  });
}

/**
 * Adapts a model with corrections saved by {@link saveLora} or by PEFT.
 *
 * @throws SequiturError where files are missing or corrupt, or the adapter does not fit the model
 */
export async function loadLora(
  model: Module,
  rules: readonly WeightRule[],
  location: CheckpointLocation,
  options: HubOptions = {},
): Promise<Lora> {
  const source = await openSource(location, options);
  const { rank, alpha, dropout } = await readConfig(source);
  const file = await source.open('adapter_model.safetensors');
  if (!file) throw missing(source, 'adapter_model.safetensors');
  const checkpoint = await fromFiles(source.name, [file]);
  try {
    const stored = new Set([...checkpoint.tensors.keys()].map((name) => name.replace(/\.lora_[AB]\.weight$/, '')));
    const adapted = pairsOf(model, rules).filter(({ checkpoint: name }) => stored.has(`${PREFIX}${moduleOf(name)}`));
    const known = new Set(adapted.map(({ checkpoint: name }) => `${PREFIX}${moduleOf(name)}`));
    const foreign = [...stored].filter((name) => !known.has(name));
    if (foreign.length) {
      throw new SequiturError({
        where: file.name,
        expected: 'corrections of Linears of this model',
        got: foreign.join(', '),
      });
    }
    const paths = new Set(adapted.flatMap(({ parameters }) => parameters.map(moduleOf)));
    const lora = peftLora(model, rules, { rank, alpha, dropout, targets: (path) => paths.has(path) });
    for (const tensor of adaptedTensors(model, lora, rules)) {
      const [a, b] = filesOf(tensor, rank);
      for (const { name, shape } of [a!, b!]) {
        const found = checkpoint.tensors.get(name)?.shape ?? [];
        if (showShape(found) === showShape(shape)) continue;
        lora.remove();
        throw new SequiturError({ where: `${file.name}, ${name}`, expected: showShape(shape), got: showShape(found) });
      }
      fill(tensor, rank, await checkpoint.readFloat32(a!.name), await checkpoint.readFloat32(b!.name));
    }
    return lora;
  } finally {
    await checkpoint.close();
  }
}

const PREFIX = 'base_model.model.';

function moduleOf(weight: string): string {
  return weight.replace(/\.weight$/, '');
}

function pairsOf(model: Module, rules: readonly WeightRule[]): Correspondence[] {
  return correspondences(rules, parametersOf(model).keys()).filter(({ checkpoint }) => checkpoint.endsWith('.weight'));
}

function fusedPaths(model: Module, rules: readonly WeightRule[]): string[][] {
  return pairsOf(model, rules)
    .filter(({ parameters }) => parameters.length > 1)
    .map(({ parameters }) => parameters.map(moduleOf));
}

function adaptedTensors(model: Module, lora: Lora, rules: readonly WeightRule[]): AdaptedTensor[] {
  const adapters = new Map(lora.adapted.map(({ path, linear }) => [`${path}.weight`, linear]));
  return pairsOf(model, rules)
    .filter(({ parameters }) => parameters.some((path) => adapters.has(path)))
    .map((correspondence) => ({
      module: moduleOf(correspondence.checkpoint),
      correspondence,
      adapters: correspondence.parameters.map((path) => adapters.get(path) ?? null),
    }));
}

/** A as [rank, inputs] and B as [outputs, rank], the outputs in the order of the checkpoint. */
function filesOf({ module, correspondence, adapters }: AdaptedTensor, rank: number) {
  const { down } = adapters.find((adapter) => adapter !== null)!;
  const shapes = shapesOf(adapters, rank);
  const outputs = shapes.reduce((sum, [, count]) => sum + count, 0);
  const named = (part: 'A' | 'B', shape: number[], values: () => Promise<Float32Array>) => ({
    name: `${PREFIX}${module}.lora_${part}.weight`,
    dtype: 'F32' as const,
    shape,
    values,
  });
  const inputs = down.weight.shape[0]!;
  return [
    named('A', [rank, inputs], async () => transpose(await down.weight.read(), inputs, rank)),
    named('B', [outputs, rank], async () => {
      const ups = await Promise.all(
        adapters.map(async (adapter, i) => (await adapter?.up.weight.read()) ?? new Float32Array(rank * shapes[i]![1])),
      );
      const joined = correspondence.conversion.join(ups, shapes);
      return inputsFirst(correspondence) ? transpose(joined, rank, outputs) : joined;
    }),
  ];
}

function fill(tensor: AdaptedTensor, rank: number, a: Float32Array, b: Float32Array): void {
  const { correspondence, adapters } = tensor;
  const shapes = shapesOf(adapters, rank);
  const outputs = shapes.reduce((sum, [, count]) => sum + count, 0);
  const ups = correspondence.conversion.split(inputsFirst(correspondence) ? transpose(b, outputs, rank) : b, shapes);
  for (const [i, adapter] of adapters.entries()) {
    adapter?.down.weight.assign(transpose(a, rank, a.length / rank));
    adapter?.up.weight.assign(ups[i]!);
  }
}

/** Of each B of ours, [rank, outputs]; Linears that a checkpoint stores as one are equally wide. */
function shapesOf(adapters: readonly (LoraLinear | null)[], rank: number): [number, number][] {
  const some = adapters.find((adapter) => adapter !== null)!;
  return adapters.map((adapter) => [rank, (adapter ?? some).up.weight.shape[1]!]);
}

/** GPT-2 stores [inputs, outputs], PyTorch's Linear [outputs, inputs]: seen by what a [1, 2] becomes. */
function inputsFirst({ conversion, parameters }: Correspondence): boolean {
  return conversion.shape(parameters.map(() => [1, 2]))[0] === 1;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) turned[(i % columns) * rows + Math.floor(i / columns)] = values[i]!;
  return turned;
}

/** Attributes of PEFT that leave a trained adapter as it is. */
const IGNORED = [
  ...['task_type', 'base_model_name_or_path', 'revision', 'inference_mode', 'target_modules', 'fan_in_fan_out'],
  ...['init_lora_weights', 'auto_mapping', 'megatron_config', 'megatron_core', 'loftq_config'],
  ...['peft_version', 'runtime_config', 'eva_config', 'corda_config', 'exclude_modules', 'layers_to_transform'],
  ...['layers_pattern', 'qalora_group_size', 'arrow_config', 'ensure_weight_tying'],
];

async function readConfig(source: FileSource): Promise<{ rank: number; alpha: number; dropout: number }> {
  const file = await source.open('adapter_config.json');
  if (!file) throw missing(source, 'adapter_config.json');
  const json = new ConfigReader(parseJson(await readText(file), file.name), file.name);
  await file.close?.();
  json.take('peft_type', oneOf(['LORA']));
  json.take('bias', oneOf(['none']), 'none');
  for (const name of ['use_dora', 'lora_bias', 'use_qalora', 'alora_invocation_tokens'])
    json.take(name, isFalse, false);
  for (const name of ['modules_to_save', 'layer_replication', 'trainable_token_indices', 'target_parameters']) {
    json.maybe(name, empty);
  }
  for (const name of ['rank_pattern', 'alpha_pattern']) json.maybe(name, empty);
  const rank = json.take('r', anInteger());
  const alpha = json.take('lora_alpha', aPositive);
  const dropout = json.take('lora_dropout', aShare, 0);
  const rescaled = json.take('use_rslora', aBoolean, false);
  json.finish(IGNORED);
  return { rank, alpha: rescaled ? alpha * Math.sqrt(rank) : alpha, dropout };
}

const empty: ReadAttribute<null> = (value, where) => {
  if (Object.keys(value as object).length === 0) return null;
  throw new SequiturError({ where, expected: 'nothing, since this is not supported', got: JSON.stringify(value) });
};

function missing(source: FileSource, file: string): SequiturError {
  return new SequiturError({ where: source.name, expected: file, got: 'none', fix: 'Check that this is an adapter' });
}
