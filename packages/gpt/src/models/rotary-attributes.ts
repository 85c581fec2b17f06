import type { RotaryScaling } from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { aNumber, anInteger, aPositive, type ConfigReader, oneOf, type ReadAttribute } from '@sequitur/pretrained';

type Json = Parameters<ReadAttribute<unknown>>[0];

/** The attributes of each kind of scaling. */
const KNOWN = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor', 'original_max_position_embeddings'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: ['factor', 'attention_factor', 'beta_fast', 'beta_slow', 'original_max_position_embeddings'],
} as const;

/** The rotary attributes of a config. */
export interface RotaryAttributes {
  readonly rotaryBase: number;
  readonly rotaryScaling: RotaryScaling | undefined;
  /** The fraction of each head that is rotated; absent: not given. */
  readonly partialRotaryFactor: number | undefined;
}

const aPart = aNumber('a number in (0, 1]', (value) => value > 0 && value <= 1);

/**
 * Reads the rotary attributes of old configs (`rope_theta`, with other names in some families, and `rope_scaling`) and
 * of new ones (`rope_parameters`).
 */
export function readRotary(
  json: ConfigReader,
  contextLength: number,
  { bases, shares = [] }: { readonly bases: readonly string[]; readonly shares?: readonly string[] },
): RotaryAttributes {
  const [base] = bases.map((name) => json.maybe(name, aPositive)).filter((value) => value !== undefined);
  const [share] = shares.map((name) => json.maybe(name, aPart)).filter((value) => value !== undefined);
  const united = json.maybe('rope_parameters', readUnited(contextLength, shares.length > 0));
  return {
    rotaryBase: united?.base ?? base ?? 10000,
    rotaryScaling: given(json.maybe('rope_scaling', readRotaryScaling(contextLength))) ?? united?.scaling,
    partialRotaryFactor: united?.share ?? share,
  };
}

function readUnited(contextLength: number, canShare: boolean) {
  return (value: Json, where: string) => {
    const { rope_theta: base, partial_rotary_factor: share, ...scaling } = value as Record<string, Json>;
    const read = Object.keys(scaling).length > 0 ? readRotaryScaling(contextLength)(scaling, where) : undefined;
    const part = share == null ? undefined : aPart(share, `${where}, partial_rotary_factor`);
    if (!canShare && part !== undefined && part < 1) {
      const expected = 'whole heads that turn, since this family knows no others';
      throw new SequiturError({ where: `${where}, partial_rotary_factor`, expected, got: String(part) });
    }
    return {
      base: base == null ? undefined : aPositive(base, `${where}, rope_theta`),
      share: part,
      scaling: given(read),
    };
  };
}

/** `default` means no scaling. */
function given(scaling: RotaryScaling | undefined): RotaryScaling | undefined {
  return scaling?.kind === 'none' ? undefined : scaling;
}

/** Reads `rope_scaling` of a config.json. */
function readRotaryScaling(contextLength: number): ReadAttribute<RotaryScaling> {
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
          ...(rest.attention_factor != null && { amplitude: number('attention_factor') }),
        };
    }
  };
}

function checkAttributes(found: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(found).filter((name) => !known.includes(name));
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
      };
  }
}
