import { SequiturError, shorten } from '@sequitur/core';
import { texts } from '../config/attributes.js';
import type { ConfigReader } from '../config/config-reader.js';
import { entryPointOf } from './entry-points.js';
import type { Family } from './family.js';

/** A parsed config: the family, its settings, and the class that it names. */
export interface FamilyConfig<F extends Family> {
  readonly family: F;
  readonly config: ReturnType<F['readConfig']>;
  /** Python's class; null where the config names none. */
  readonly architecture: string | null;
}

/**
 * Reads a config by the family that its `model_type` names.
 *
 * @throws SequiturError where none of the families has that name, or an attribute is not supported
 */
export function readFamilyConfig<F extends Family>(json: ConfigReader, families: readonly F[]): FamilyConfig<F> {
  const family = findFamily(json, families);
  const [architecture = null] = json.maybe('architectures', texts) ?? [];
  checkClass(json, family, architecture);
  json.alias(family.aliases ?? {});
  const config = family.readConfig(json) as ReturnType<F['readConfig']>;
  json.finish(family.modelType);
  return { family, config, architecture };
}

function checkClass({ where }: ConfigReader, { classes }: Family, architecture: string | null): void {
  const known = Object.keys(classes);
  if (architecture === null || known.length === 0 || known.includes(architecture)) return;
  throw new SequiturError({
    where: `${where}, architectures`,
    expected: `one of ${known.join(', ')}`,
    got: shorten(architecture),
    fix: 'Set architectures to one of these where the checkpoint has its tensors',
  });
}

/** A config as `readFamilyConfig` reads it, without the class. */
export function writeFamilyConfig(family: Family, config: object): Record<string, unknown> {
  return { model_type: family.modelType, ...family.writeConfig(config) };
}

/** The family that a config names. */
export function findFamily<F extends Family>(json: ConfigReader, families: readonly F[]): F {
  const modelType = json.maybe('model_type', (value) => String(value));
  const found =
    modelType === undefined ? recognized(json, families) : families.find((family) => family.modelType === modelType);
  if (found) return found;
  throw new SequiturError({
    where: `${json.where}, model_type`,
    expected: `one of ${families.map((family) => family.modelType).join(', ')}`,
    got: modelType === undefined ? 'none' : shorten(modelType),
    ...(modelType !== undefined && { fix: entryPointOf(shorten(modelType)) }),
  });
}

/** Where one family alone recognizes its configs, it is asked, and says what it misses. */
function recognized<F extends Family>(json: ConfigReader, families: readonly F[]): F | undefined {
  const able = families.filter((family) => family.recognizes);
  return able.length === 1 ? able[0] : able.find((family) => family.recognizes!(json));
}
