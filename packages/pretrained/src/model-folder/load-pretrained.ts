import {
  checkArgument,
  checkOptions,
  type Module,
  type OptionRules,
  option,
  optionsOf,
  quantizeOnAssign,
} from '@sequitur/core';
import { ConfigReader, type ConfigReaderOptions } from '../config/config-reader.js';
import type { FileSource } from '../files/file-source.js';
import type { HubOptions } from '../files/hub.js';
import { type CheckpointLocation, openSource } from '../files/open-source.js';
import { readQuantizationScheme } from '../quantized/quantization-config.js';
import { withQuantizedWeights } from '../quantized/quantized-checkpoint.js';
import { type Checkpoint, openCheckpoint, renamed } from '../safetensors/checkpoint.js';
import type { LoadProgress } from '../weights/load-weights.js';
import { checkLayers, checkSizes } from './check-layers.js';
import { type CheckpointMetadata, readCheckpointMetadata } from './checkpoint-metadata.js';
import { type FamilyConfig, readFamilyConfig } from './config-of-family.js';
import { type Family, isBare, type PretrainedModel } from './family.js';
import { fillModel, storedHead, storedPrefix, type WantedHead } from './heads.js';
import { checkBuffers } from './stored-buffers.js';
import { settleTies } from './tied-tensors.js';

export interface LoadPretrainedOptions<F extends Family = Family, Tokenizer = unknown>
  extends HubOptions,
    ConfigReaderOptions {
  /** The families to choose from; default all of the package. */
  readonly families?: readonly F[] | undefined;
  /** The tokenizer; default the one of the folder. */
  readonly tokenizer?: Tokenizer | null | undefined;
  /** Called after each tensor. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** The format of weights in memory; default `float32`, in which a model can be trained. */
  readonly dtype?: WeightFormat | undefined;
  /** The seed for parameters of a requested head that the checkpoint lacks; default 0. */
  readonly seed?: number | string | undefined;
}

/** Rules of the options that say where files come from, and how a config is read. */
export const sourceRules: OptionRules<HubOptions & ConfigReaderOptions> = {
  warn: option.optional(option.callback),
  strict: option.optional(option.flag),
  revision: option.optional(option.text),
  accessToken: option.optional(option.text),
  hubUrl: option.optional(option.text),
  fetch: option.optional(option.callback),
  signal: option.optional(option.signal),
  onDownload: option.optional(option.callback),
};

/** Rules of all options of loading, for functions that take more. */
export const loadRules: OptionRules<LoadPretrainedOptions> = {
  ...sourceRules,
  families: option.optional(option.iterable),
  tokenizer: option.optional(option.anything),
  onProgress: option.optional(option.callback),
  dtype: option.optional(option.oneOf('float32', 'auto', 'bfloat16', 'float16', 'q8', 'q4')),
  seed: option.optional(option.seed),
};
const loadOptions = optionsOf<LoadPretrainedOptions>(loadRules);

/** @throws SequiturError where a config is not an object */
export function checkConfig<Config extends object>(where: string, config: Config): Config {
  return checkArgument(`${where}, config`, option.kind('a config, an object', isPlainObject), config);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The format of weights in memory: `auto` gives each parameter that of its tensor in the checkpoint, `q8` 8-bit integers with a scale per output, `q4`
 * 4-bit integers with a scale per 32 inputs and tables of 8 bits. See `quantize`.
 */
export type WeightFormat = 'float32' | 'auto' | 'bfloat16' | 'float16' | 'q8' | 'q4';

/** The description of a folder's model, before its weights are read. */
export interface FoundModel<F extends Family, Tokenizer> {
  readonly family: F;
  readonly config: ReturnType<F['readConfig']>;
  readonly headKind: string;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;
}

/** A loader of a class of models. */
export interface PretrainedLoader<F extends Family, Tokenizer, M extends PretrainedModel> {
  readonly families: readonly F[];
  readonly openTokenizer: (source: FileSource) => Promise<Tokenizer | null>;
  /** The kinds of head of the class; the first one is used for a checkpoint of another kind. Default all. */
  readonly heads?: readonly string[];
  /** The requested head; default that of the checkpoint. */
  readonly head?: WantedHead | undefined;
  /** Creates the model, without parameter values. */
  create(found: FoundModel<F, Tokenizer>): M;
}

/**
 * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository: the one place
 * where configuration, tokenizer and weights come together. The caller disposes the model.
 *
 * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
 */
export async function loadPretrained<F extends Family, Tokenizer, M extends PretrainedModel>(
  location: CheckpointLocation,
  options: LoadPretrainedOptions<F, Tokenizer>,
  loader: PretrainedLoader<F, Tokenizer, M>,
): Promise<M> {
  checkOptions('fromPretrained', loadOptions, options as LoadPretrainedOptions);
  const source = await openSource(location, options);
  const json = await ConfigReader.open(source, options);
  const scheme = readQuantizationScheme(json);
  const read = readFamilyConfig(json, options.families ?? loader.families);
  const opened = await openCheckpoint(source);
  try {
    const { family, architecture } = read;
    const whole = scheme ? await withQuantizedWeights(opened, scheme) : opened;
    const { config, checkpoint } = await settled(read, withPresentNames(whole, family), options.warn);
    const tokenizer = options.tokenizer === undefined ? await loader.openTokenizer(source) : options.tokenizer;
    const metadata = await readCheckpointMetadata(source, checkpoint);
    const create = (headKind: string, settings: object = {}) =>
      loader.create({ family, config: { ...config, ...settings }, headKind, tokenizer, metadata });
    const stored = storedHead({ family, config, architecture, checkpoint }, create);
    const model = create(headKindOf(loader, stored), loader.head?.settings);
    const { dtype = 'float32' } = options;
    const keepFormat = dtype === 'auto';
    if (!keepFormat && dtype !== 'float32') quantizeOnAssign(model as Module, { weights: FORMATS[dtype] });
    await filled(model, checkpoint, { ...options, keepFormat, stored, seed: seedOf(loader, stored, options.seed) });
    return model;
  } finally {
    await opened.close();
  }
}

const FORMATS = { bfloat16: 'bfloat16', float16: 'float16', q8: 'int8', q4: 'int4' } as const;

/** The config as the checkpoint completes and corrects it, and the checkpoint without what is stored twice. */
async function settled<F extends Family>(
  found: FamilyConfig<F>,
  opened: Checkpoint,
  warn?: (message: string) => void,
): Promise<{ readonly config: ReturnType<F['readConfig']>; readonly checkpoint: Checkpoint }> {
  const { family, config: read } = found;
  const prefix = storedPrefix(family, opened.tensors);
  checkLayers(found, opened, prefix);
  checkSizes(read, opened);
  const ties = family.tiedTensors?.(read, prefix) ?? [];
  const { config: tied, checkpoint } = await settleTies(ties, read, opened, warn);
  const config = family.resolve?.(tied, checkpoint) ?? tied;
  await checkBuffers(family.storedBuffers?.(config, prefix) ?? [], checkpoint);
  return { config: config as ReturnType<F['readConfig']>, checkpoint };
}

function headKindOf({ head, heads }: Pick<PretrainedLoader<never, never, never>, 'head' | 'heads'>, stored: string) {
  if (head) return head.kind;
  return heads === undefined || heads.includes(stored) ? stored : heads[0]!;
}

/**
 * Parameters are initialised only for a requested head that differs from the stored one, or has other labels. A pooler is
 * no head to be trained: without stored values it would be noise.
 */
function seedOf(
  { head }: Pick<PretrainedLoader<never, never, never>, 'head'>,
  stored: string,
  seed: number | string = 0,
): number | string | undefined {
  return head && !isBare(head.kind) && (head.kind !== stored || head.settings?.labels) ? seed : undefined;
}

async function filled(model: PretrainedModel, ...rest: DropFirst<Parameters<typeof fillModel>>): Promise<void> {
  try {
    await fillModel(model, ...rest);
  } catch (error) {
    (model as Module).dispose();
    throw error;
  }
}

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/** The checkpoint with every tensor under its present name. */
function withPresentNames(checkpoint: Checkpoint, { presentName }: Family): Checkpoint {
  if (!presentName) return checkpoint;
  const stored = new Map([...checkpoint.tensors.keys()].map((name) => [presentName(name), name]));
  if (stored.size < checkpoint.tensors.size || [...stored].every(([now, name]) => now === name)) return checkpoint;
  return renamed(checkpoint, stored);
}
