import { architectures, familyOf } from '../../architectures/index.js';
import type { InsideBlock } from '../../protocol/inside.js';
import { type CausalStack, LanguageModel, type Module, MultiHeadAttention, modulesOf } from '../packages.js';

/** The blocks of a stack, and the pattern of each that attends. */
export function blocksOf(stack: CausalStack, family: InsideBlock['family']): InsideBlock[] {
  const parts = stack instanceof LanguageModel ? stack.config.blocks : null;
  return stack.blocks.map((block, index) => {
    const pattern = patternOf(block);
    const kind = parts?.[index]?.kind;
    const known = architectures.find((architecture) => architecture.kind === kind);
    const settings = pattern ? { pattern: 'designed', design: JSON.stringify(pattern) } : {};
    return {
      label: String(index + 1),
      name: known?.name ?? (pattern ? 'Attention' : nameOf(family)),
      family: known ? familyOf({ blocks: [{ kind: known.kind, settings: isDense(pattern) ? {} : settings }] }) : family,
      pattern,
    };
  });
}

function patternOf(block: Module): InsideBlock['pattern'] {
  for (const [, part] of modulesOf(block)) if (part instanceof MultiHeadAttention) return part.pattern;
  return null;
}

function isDense(pattern: InsideBlock['pattern']): boolean {
  return pattern === null || pattern.kind === 'causal';
}

/** The names of models that other libraries saved. */
function nameOf(family: InsideBlock['family']): string {
  return family === 'state' ? 'Mamba' : 'Block';
}
