import { describe, expect, it } from 'vitest';
import { presets, specOf } from '../src/architectures/index.js';
import type { Recipe } from '../src/protocol/recipe.js';
import { linkOf, readLink, readRun, runText } from '../src/rooms/train/state/link.js';

describe('links to Train', () => {
  const recipe: Recipe = {
    data: { kind: 'task', task: 'associative-recall', size: 12 },
    budget: { unit: 'flops', amount: 2e12 },
    ...{ batchSize: 3, length: 77, optimizer: 'lion', learningRate: 3e-4, schedule: 'constant', seed: 0 },
  };

  it('bring back recipe and columns', () => {
    const specs = presets.map((preset) => specOf(preset, 48));
    expect(readLink(linkOf({ recipe, specs }))).toEqual({ recipe, specs });
    const text: Recipe = { ...recipe, data: { kind: 'text', text: 'moby-dick', tokens: 512 } };
    expect(readLink(linkOf({ recipe: text, specs: [] }))).toEqual({ recipe: text, specs: [] });
  });

  it('keep names and settings with signs of their own', () => {
    const design = JSON.stringify({ kind: 'either', patterns: [{ kind: 'strided', stride: 4 }] });
    const spec = {
      name: 'A + B & "C" = 50 %',
      width: 8,
      blocks: [{ kind: 'attention', settings: { pattern: 'designed', design } }],
    };
    expect(readLink(linkOf({ recipe, specs: [spec] })).specs).toEqual([spec]);
  });

  it('are readable', () => {
    expect(runText(specOf(presets[3]!, 64))).toBe(
      'Attention + Mamba;64;mamba/attention,heads=4/mamba/attention,heads=4/mamba',
    );
  });

  it('open with what is usual where they are cut off or wrong', () => {
    const usual = readLink('');
    expect(readLink('text=&budget=steps:-3&batch=0x&optimizer=magic&seed=x&run=')).toEqual(usual);
    expect(readLink('task=nonsense:4').recipe).toEqual(usual.recipe);
    expect(readRun('GPT;64;telepathy')).toBeNull();
    expect(readRun('GPT;64;mamba*2/')?.blocks).toHaveLength(2);
    expect(readLink('run=%E0%A4%A').specs).toEqual([]);
  });
});
