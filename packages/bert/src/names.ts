import { SequiturError } from '@sequitur/core';
import type { WeightRule } from '@sequitur/pretrained';
import type { BertConfig } from './config.js';
import type { EncoderFamily } from './families/family.js';

/** The name of the Hugging Face class that has this head. */
export function architectureOf(family: EncoderFamily, kind: string): string {
  const wanted = kind === 'none' ? ['none', 'pooled'] : [kind];
  const found = Object.entries(family.heads).find(([, head]) => wanted.includes(head.kind));
  if (found) return found[0];
  throw new SequiturError({
    where: `saving a ${family.modelType} model`,
    expected: `a head that Hugging Face has a class for: ${Object.keys(family.heads).join(', ')}`,
    got: kind,
  });
}

/** The names of the whole model, the encoder's behind its prefix where the class has a head. */
export function rulesOf(
  family: EncoderFamily,
  config: BertConfig,
  kind: string,
  prefix = isBare(kind) ? '' : family.prefix,
): WeightRule[] {
  return [...family.encoderRules(config, prefix), ...family.headRules(kind, prefix)];
}

/** Whether the class is the encoder alone, whose names bear no prefix. */
export function isBare(kind: string): boolean {
  return kind === 'none' || kind === 'pooled';
}
