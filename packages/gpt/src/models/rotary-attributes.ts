import type { RotaryScaling } from '@sequitur/attention';
import { SequiturError, showValue } from '@sequitur/core';
import {
  type AttributeTable,
  aBoolean,
  aNumber,
  anInteger,
  aPositive,
  type ConfigReader,
  defined,
  oneOf,
  type ReadAttribute,
} from '@sequitur/pretrained';

type Json = Parameters<ReadAttribute<unknown>>[0];

/** The attributes of each kind of scaling. */
const KNOWN = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor', 'original_max_position_embeddings'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: [
    ...['factor', 'attention_factor', 'beta_fast', 'beta_slow', 'mscale', 'mscale_all_dim', 'truncate'],
    'original_max_position_embeddings',
  ],
  longrope: ['factor', 'attention_factor', 'long_factor', 'short_factor', 'original_max_position_embeddings'],
} as const;

/** The rotary encoding of a config. */
export interface RotaryAttributes {
  readonly rotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
  /** The fraction of each head that is rotated. */
  readonly partialRotaryFactor?: number;
}

/**
 * The attributes of a rotary encoding.
 *
 * @param base default base of Python's class
 * @param share default fraction of each head that is rotated, in families that read one
 */
export function rotary({ base, share }: Pick<RotaryNames, 'base' | 'share'> = {}): AttributeTable<RotaryAttributes> {
  return {
    read: (json, known) => {
      const shares = share === undefined ? [] : ['partial_rotary_factor'];
      return readRotary(json, known?.contextLength, { bases: ['rope_theta'], shares, base, share });
    },
    write: ({ rotaryBase = 10000, partialRotaryFactor = share && 1, rotaryScaling }) => ({
      rope_theta: rotaryBase,
      ...(partialRotaryFactor !== undefined && { partial_rotary_factor: partialRotaryFactor }),
      ...(rotaryScaling && { rope_scaling: writeRotaryScaling(rotaryScaling) }),
    }),
  };
}

const aPart = aNumber('a number in (0, 1]', (value) => value > 0 && value <= 1);

interface RotaryNames {
  /** Names of the base, and of the fraction of each head that is rotated. */
  readonly bases: readonly string[];
  readonly shares?: readonly string[];
  /** The defaults of the class. */
  readonly base?: number | undefined;
  readonly share?: number | undefined;
}

/**
 * Reads the rotary attributes of old configs (`rope_theta`, with other names in some families, and `rope_scaling`) and
 * of new ones (`rope_parameters`).
 */
export function readRotary(
  json: ConfigReader,
  contextLength: number,
  { bases, shares = [], base: defaultBase = 10000, share: defaultShare }: RotaryNames,
): RotaryAttributes {
  const [base] = bases.map((name) => json.maybe(name, aPositive)).filter((value) => value !== undefined);
  const [share] = shares.map((name) => json.maybe(name, aPart)).filter((value) => value !== undefined);
  // Phi-3 has the original context length next to the scaling.
  const trainedLength = json.maybe('original_max_position_embeddings', anInteger());
  const read = readUnited(contextLength, shares.length > 0, trainedLength);
  // Where both are given, the class takes the old one.
  const [scaled, united] = [json.maybe('rope_scaling', read), json.maybe('rope_parameters', read)];
  return defined({
    rotaryBase: scaled?.base ?? united?.base ?? base ?? defaultBase,
    rotaryScaling: scaled?.scaling ?? united?.scaling,
    partialRotaryFactor: scaled?.share ?? united?.share ?? share ?? defaultShare,
  }) as RotaryAttributes;
}

function readUnited(contextLength: number, canShare: boolean, trainedLength?: number) {
  return (value: Json, where: string) => {
    const given = byLayer(value) ? (value.full_attention ?? {}) : value;
    const { rope_theta: base, partial_rotary_factor: share, ...scaling } = given as Record<string, Json>;
    const read =
      Object.keys(scaling).length > 0 ? readRotaryScaling(contextLength, trainedLength)(scaling, where) : undefined;
    const part = share == null ? undefined : aPart(share, `${where}, partial_rotary_factor`);
    if (!canShare && part !== undefined && part < 1) {
      const expected = 'whole heads that turn, since this family knows no others';
      throw new SequiturError({ where: `${where}, partial_rotary_factor`, expected, got: String(part) });
    }
    return {
      base: base == null ? undefined : aPositive(base, `${where}, rope_theta`),
      share: part,
      scaling: read?.kind === 'none' ? undefined : read,
    };
  };
}

type LayerParameters = Readonly<Record<'full_attention' | 'sliding_attention', Json | undefined>>;

/** Whether parameters are given for each kind of layer, as in models with another rotation in windowed layers. */
function byLayer(value: Json): value is Json & LayerParameters {
  return typeof value === 'object' && value !== null && ('full_attention' in value || 'sliding_attention' in value);
}

/** The base of the rotary encoding in windowed layers, which is not scaled; undefined where the config has none. */
export function readLocalBase(json: ConfigReader): number | undefined {
  return json.maybe('rope_parameters', (value, where) => {
    const { rope_theta: base, rope_type: kind } = ((byLayer(value) && value.sliding_attention) || {}) as Record<
      string,
      Json
    >;
    oneOf(['default'])(kind ?? 'default', `${where}, sliding_attention, rope_type`);
    return base == null ? undefined : aPositive(base, `${where}, sliding_attention, rope_theta`);
  });
}

/** Reads `rope_scaling` of a config.json. */
function readRotaryScaling(contextLength: number, trainedLength?: number): ReadAttribute<RotaryScaling> {
  return (value, where) => {
    const { type, rope_type: kind = type, ...rest } = value as Record<string, Json>;
    const name = oneOf(Object.keys(KNOWN) as (keyof typeof KNOWN)[])(kind ?? null, `${where}, rope_type`);
    checkAttributes(rest, KNOWN[name], where);
    const number = (attribute: string, fallback?: number): number => {
      const given = rest[attribute] ?? fallback;
      if (given === undefined) throw new SequiturError({ where, expected: `an attribute ${attribute}`, got: 'none' });
      return aPositive(given, `${where}, ${attribute}`);
    };
    switch (name) {
      case 'default':
        return { kind: 'none' };
      case 'linear':
        return { kind: 'linear', factor: number('factor') };
      case 'dynamic':
        return { kind: 'dynamic', factor: number('factor'), trainedLength: contextLength };
      case 'llama3':
        return {
          kind: 'llama3',
          factor: number('factor'),
          lowFrequencyFactor: number('low_freq_factor'),
          highFrequencyFactor: number('high_freq_factor'),
          trainedLength: anInteger()(rest.original_max_position_embeddings ?? null, where),
        };
      case 'yarn':
        return {
          kind: 'yarn',
          factor: number('factor'),
          trainedLength: number('original_max_position_embeddings', contextLength),
          fastTurns: number('beta_fast', 32),
          slowTurns: number('beta_slow', 1),
          ...(rest.truncate != null && { truncate: aBoolean(rest.truncate, `${where}, truncate`) }),
          ...yarnAmplitude(rest, number),
        };
      case 'longrope': {
        const trained = number('original_max_position_embeddings', trainedLength);
        return {
          kind: 'longrope',
          shortFactors: factors(rest.short_factor, `${where}, short_factor`),
          longFactors: factors(rest.long_factor, `${where}, long_factor`),
          trainedLength: trained,
          amplitude: number('attention_factor', longRopeAmplitude(number('factor', contextLength / trained), trained)),
        };
      }
    }
  };
}

/** YaRN's factor on cosines and sines if the configuration has one; else the paper's rule applies. */
function yarnAmplitude(rest: Readonly<Record<string, Json>>, number: (name: string) => number) {
  if (rest.attention_factor != null) return { amplitude: number('attention_factor') };
  if (rest.mscale == null || rest.mscale_all_dim == null) return {};
  const factor = number('factor');
  const sharpened = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  return { amplitude: sharpened(number('mscale')) / sharpened(number('mscale_all_dim')) };
}

/** LongRoPE's factor on cosines and sines (Ding et al. 2024, section 3.3). */
function longRopeAmplitude(factor: number, trainedLength: number): number {
  return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trainedLength));
}

function factors(value: Json | undefined, where: string): number[] {
  if (Array.isArray(value)) return value.map((factor, pair) => aPositive(factor, `${where}, pair ${pair}`));
  throw new SequiturError({ where, expected: 'a list of numbers, one for each pair', got: showValue(value) });
}

/** Attributes of `rope_scaling` in published files that no class reads. */
const NOTES = ['finetuned'];

function checkAttributes(found: object, known: readonly string[], where: string): void {
  const isAsked = (value: Json) => value !== null && value !== false;
  const unknown = Object.entries(found).flatMap(([name, value]) =>
    known.includes(name) || NOTES.includes(name) || !isAsked(value) ? [] : [name],
  );
  if (unknown.length === 0) return;
  throw new SequiturError({ where, expected: `no attributes but ${known.join(', ')}`, got: unknown.join(', ') });
}

/** Writes `rope_scaling`; null for none. */
export function writeRotaryScaling(scaling: RotaryScaling | undefined): Record<string, unknown> | null {
  switch (scaling?.kind) {
    case undefined:
    case 'none':
      return null;
    case 'linear':
    case 'dynamic':
      return { rope_type: scaling.kind, factor: scaling.factor };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.trainedLength,
      };
    case 'yarn':
      return {
        rope_type: 'yarn',
        factor: scaling.factor,
        original_max_position_embeddings: scaling.trainedLength,
        ...(scaling.amplitude !== undefined && { attention_factor: scaling.amplitude }),
        ...(scaling.fastTurns !== undefined && { beta_fast: scaling.fastTurns }),
        ...(scaling.slowTurns !== undefined && { beta_slow: scaling.slowTurns }),
        ...(scaling.truncate !== undefined && { truncate: scaling.truncate }),
      };
    case 'longrope':
      return {
        type: 'longrope',
        short_factor: scaling.shortFactors,
        long_factor: scaling.longFactors,
        attention_factor: scaling.amplitude,
      };
  }
}

/** Writes `rope_parameters` where windowed layers have another base, which only newer classes read. */
export function writeLayerRotary(config: {
  readonly rotaryBase?: number;
  readonly localRotaryBase?: number;
  readonly rotaryScaling?: RotaryScaling;
}): Record<string, unknown> {
  const { rotaryBase = 10000, localRotaryBase = rotaryBase, rotaryScaling } = config;
  if (localRotaryBase === rotaryBase) return {};
  const scaling = writeRotaryScaling(rotaryScaling) ?? { rope_type: 'default' };
  return {
    rope_parameters: {
      full_attention: { ...scaling, rope_theta: rotaryBase },
      sliding_attention: { rope_type: 'default', rope_theta: localRotaryBase },
    },
  };
}

interface RotaryShape {
  readonly width: number;
  readonly heads: number;
  readonly headSize?: number;
  readonly rotaryBase?: number;
  readonly partialRotaryFactor?: number;
  readonly rotaryScaling?: RotaryScaling;
}

/** The frequencies that checkpoints store: base^(-2i / d), and these divided by the factor of a linear scaling. */
export function frequenciesOf(config: RotaryShape): Float32Array[] {
  const { width, heads, headSize = width / heads, rotaryBase = 10000, partialRotaryFactor = 1, rotaryScaling } = config;
  const size = Math.trunc(headSize * partialRotaryFactor);
  const plain = Float32Array.from({ length: Math.ceil(size / 2) }, (_, pair) => rotaryBase ** ((-2 * pair) / size));
  return rotaryScaling?.kind === 'linear' ? [plain, plain.map((value) => value / rotaryScaling.factor)] : [plain];
}
