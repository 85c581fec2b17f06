import { SequiturError, showValue } from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  anything,
  aPositive,
  aShare,
  ConfigReader,
  type ConfigReaderOptions,
  checkSource,
  type FileSource,
  oneOf,
  only,
  parseJson,
  type ReadAttribute,
  readText,
  texts,
} from '@sequitur/pretrained';

/** The configuration of an adapter, from `adapter_config.json`. */
export interface PeftConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Whether the file allows PEFT to adapt the module of this name. */
  readonly targets: (module: string) => boolean;
}

/** Initializations of adapters that leave the base weights unchanged. */
const INITIALIZATIONS = [true, false, 'gaussian', 'orthogonal', 'eva', 'mica'];

/**
 * Reads `adapter_config.json`: attributes that change the computation and are not supported are refused by name, unknown
 * ones cause a warning.
 */
export async function readPeftConfig(source: FileSource, options: ConfigReaderOptions = {}): Promise<PeftConfig> {
  const json = await openPeftConfig(source, options);
  json.take('peft_type', oneOf(['LORA']));
  json.take('bias', only('none'), 'none');
  json.take('init_lora_weights', aPlainInitialization, true);
  const rank = json.take('r', anInteger(), 8);
  const alpha = json.take('lora_alpha', aPositive, 8);
  const dropout = json.take('lora_dropout', aShare, 0);
  const rescaled = json.take('use_rslora', aBoolean, false);
  const targets = readTargets(json);
  json.finish('peft');
  return { rank, alpha: rescaled ? alpha * Math.sqrt(rank) : alpha, dropout, targets };
}

async function openPeftConfig(source: FileSource, options: ConfigReaderOptions): Promise<ConfigReader> {
  const file = await openOf(source, 'adapter_config.json');
  try {
    return new ConfigReader(parseJson(await readText(file), file.name), file.name, options);
  } finally {
    await file.close?.();
  }
}

/** Refuses initializations that change the base weights, with which the adapter alone would compute something else. */
const aPlainInitialization: ReadAttribute<string | boolean> = (value, where) => {
  if (INITIALIZATIONS.includes(value as string)) return value as string;
  throw new SequiturError({
    where,
    expected: `one of ${INITIALIZATIONS.join(', ')}, which leave the base weights unchanged`,
    got: showValue(value),
    fix: 'Save the adapter in Python with save_pretrained(..., path_initial_model_for_weight_conversion=...)',
  });
};

/**
 * `target_modules`, `exclude_modules` and `layers_to_transform`: names of modules, or suffixes of them. A pattern is
 * not evaluated: the adapted modules are then those with tensors.
 */
function readTargets(json: ConfigReader): PeftConfig['targets'] {
  const [targeted, excluded] = [namesIn(json, 'target_modules'), namesIn(json, 'exclude_modules')];
  const layers = json.maybe('layers_to_transform', layerNumbers);
  const pattern = [json.maybe('layers_pattern', anything) ?? []].flat().filter((name) => name !== '');
  const isIn = (names: readonly string[], module: string) =>
    names.some((name) => module === name || module.endsWith(`.${name}`));
  return (module) => {
    if (excluded && isIn(excluded, module)) return false;
    if (targeted && !isIn(targeted, module)) return false;
    return !layers?.length || layers.includes(layerOf(module, pattern.map(String)));
  };
}

/** Null where the attribute is absent or a pattern. */
function namesIn(json: ConfigReader, attribute: string): readonly string[] | null {
  const value = json.maybe(attribute, anything);
  return value === undefined || typeof value === 'string' ? null : texts(value, `${json.where}, ${attribute}`);
}

const layerNumbers: ReadAttribute<readonly number[]> = (value, where) =>
  [value].flat().map((layer) => anInteger(0)(layer, where));

/** The number of a module's layer: after one of these names, or after any. */
function layerOf(module: string, names: readonly string[]): number {
  const parts = module.split('.');
  const place = parts.findIndex(
    (part, i) =>
      i > 0 && i < parts.length - 1 && /^\d+$/.test(part) && (names.length === 0 || names.includes(parts[i - 1]!)),
  );
  return place < 0 ? -1 : Number(parts[place]);
}

/** A file that every adapter has. */
export async function openOf(source: FileSource, name: string) {
  const file = await checkSource('the folder of an adapter', source).open(name);
  if (file) return file;
  throw new SequiturError({ where: source.name, expected: name, got: 'none', fix: 'Check that this is an adapter' });
}
