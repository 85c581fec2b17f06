import { architectureOf } from '../../../architectures/index.js';
import type { BlockSpec, ModelSpec, Setting } from '../../../protocol/recipe.js';

/** Changes of a model's blocks; each returns a new model. Index 0 is the first block. */

export function moved(spec: ModelSpec, from: number, to: number): ModelSpec {
  const blocks = [...spec.blocks];
  const [block] = blocks.splice(from, 1);
  if (block) blocks.splice(Math.max(0, Math.min(blocks.length, to)), 0, block);
  return { ...spec, blocks };
}

export function duplicated(spec: ModelSpec, index: number): ModelSpec {
  return inserted(spec, index + 1, spec.blocks[index]!);
}

export function inserted(spec: ModelSpec, index: number, block: BlockSpec): ModelSpec {
  return { ...spec, blocks: spec.blocks.toSpliced(index, 0, block) };
}

export function removed(spec: ModelSpec, index: number): ModelSpec {
  return { ...spec, blocks: spec.blocks.toSpliced(index, 1) };
}

export function set(spec: ModelSpec, index: number, name: string, value: Setting): ModelSpec {
  const block = spec.blocks[index]!;
  return replaced(spec, index, { ...block, settings: { ...block.settings, [name]: value } });
}

/** Changes the kind of a block; common settings are kept. */
export function changedKind(spec: ModelSpec, index: number, kind: string): ModelSpec {
  const known = new Set(architectureOf(kind).fields.map(({ name }) => name));
  const kept = Object.entries(spec.blocks[index]!.settings).filter(([name]) => known.has(name));
  return replaced(spec, index, { kind, settings: Object.fromEntries(kept) });
}

function replaced(spec: ModelSpec, index: number, block: BlockSpec): ModelSpec {
  return { ...spec, blocks: spec.blocks.with(index, block) };
}
