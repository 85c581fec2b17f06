import type { RotaryScaling } from '@sequitur/attention';
import { anInteger, oneOf, type ReadAttribute, SequiturError } from '@sequitur/core';
import { positive } from './attributes.js';

type Json = Parameters<ReadAttribute<unknown>>[0];

/** What each kind of scaling may say beside its name. */
const KNOWN = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor', 'original_max_position_embeddings'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: ['factor', 'attention_factor', 'beta_fast', 'beta_slow', 'original_max_position_embeddings'],
} as const;

/** Reads `rope_scaling` of a config.json. */
export function readRotaryScaling(contextLength: number): ReadAttribute<RotaryScaling> {
  return (value, where) => {
    const { type, rope_type: kind = type, ...rest } = value as Record<string, Json>;
    const name = oneOf(Object.keys(KNOWN) as (keyof typeof KNOWN)[])(kind ?? null, `${where}, rope_type`);
    checkAttributes(rest, KNOWN[name], where);
    const number = (attribute: string, fallback?: number): number => {
      const given = rest[attribute] ?? fallback;
      if (given === undefined) throw new SequiturError({ where, expected: `an attribute ${attribute}`, got: 'none' });
      return positive(given, `${where}, ${attribute}`);
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

/** `rope_scaling` as config.json spells it; null for none. */
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
