import { parameterCount } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import {
  architectureOf,
  architectures,
  familyOf,
  faultsOf,
  presets,
  settingOf,
  specOf,
} from '../src/architectures/index.js';
import type { ModelSpec } from '../src/protocol/recipe.js';
import { matched } from '../src/worker/train/matching.js';
import { modelOf } from '../src/worker/train/parts.js';

const alone = (kind: string, settings = {}, width = 32): ModelSpec => ({
  name: kind,
  width,
  blocks: [{ kind, settings }],
});

describe('the list of architectures', () => {
  it.each(architectures.map(({ kind }) => kind))('%s is built from its defaults, and from every choice', (kind) => {
    const { fields } = architectureOf(kind);
    expect(parameterCount(modelOf(alone(kind), 50))).toBeGreaterThan(50 * 32);
    for (const field of fields) {
      if (field.kind !== 'choice') continue;
      for (const { value } of field.options)
        expect(() => modelOf(alone(kind, { [field.name]: value }), 50)).not.toThrow();
    }
    expect(fields.every((field) => field.says.endsWith('.'))).toBe(true);
  });

  it.each(presets.map(({ name }) => name))('%s is about as large as the GPT', (name) => {
    const [gpt, other] = [presets[0]!, presets.find((preset) => preset.name === name)!].map((preset) =>
      parameterCount(modelOf(specOf(preset, 64), 1024)),
    );
    expect(Math.abs(other! / gpt! - 1)).toBeLessThan(0.12);
  });

  it.each(presets.map(({ name }) => name))('%s is matched to other sizes, or refused with the remedy', (name) => {
    const spec = specOf(presets.find((preset) => preset.name === name)!, 64);
    const own = parameterCount(modelOf(spec, 1024));
    for (const factor of [0.9, 1.2]) {
      const wanted = Math.round(factor * own);
      const hasKnob = spec.blocks.some(({ kind }) => !['mamba2', 's4d'].includes(kind));
      if (!hasKnob) expect(() => matched(spec, wanted, 1024)).toThrow('Add or remove a block');
      else {
        const found = matched(spec, wanted, 1024);
        expect(faultsOf(found)).toEqual([]);
        expect(Math.abs(parameterCount(modelOf(found, 1024)) / wanted - 1)).toBeLessThan(0.03);
      }
    }
  });

  it('says which heads fit where some do not', () => {
    expect(faultsOf(alone('attention', { heads: 5 }))).toEqual([
      { index: 0, says: 'Width 32 is not divisible by 5 heads. Take 4 or 8.' },
    ]);
    expect(faultsOf(alone('attention', { heads: 4 }))).toEqual([]);
    expect(faultsOf(alone('mamba', { stateSize: 0 }))[0]!.says).toBe('State must be from 1 to 256.');
    expect(faultsOf({ ...alone('mamba'), blocks: [] })).toHaveLength(1);
  });

  it('colours a column by its blocks', () => {
    expect(familyOf(alone('attention'))).toBe('dense');
    expect(familyOf(alone('attention', { pattern: 'sliding' }))).toBe('sparse');
    expect(familyOf({ blocks: [...alone('mamba').blocks, ...alone('attention').blocks] })).toBe('hybrid');
    expect(settingOf(architectureOf('mamba').fields[0]!, {})).toBe(16);
  });
});
