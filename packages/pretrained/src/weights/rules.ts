import { type Conversion, transposed } from './conversions.js';
import { headByHead } from './head-by-head.js';
import { rule, type WeightRule } from './weight-map.js';

/** The tensors of a PyTorch Linear, with a bias where ours has one. */
export function linearRules(checkpoint: string, path: string): WeightRule[] {
  return affineRules(checkpoint, path, transposed);
}

/** Tensors that are stored as we keep them: norms, and the Conv1D layers of GPT-2. */
export function sameRules(checkpoint: string, path: string): WeightRule[] {
  return affineRules(checkpoint, path);
}

/** One Linear for query, key and value, laid out head by head, as GPT-NeoX and Bloom store it. */
export function fusedRules(checkpoint: string, mixer: string, heads: number): WeightRule[] {
  return affineRules(checkpoint, projections(mixer), headByHead(heads));
}

/** The paths of the query, key and value of a mixer. */
export function projections(mixer: string): string[] {
  return ['query', 'key', 'value'].map((part) => `${mixer}.${part}`);
}

/** Linears of the same kind under other names: `{ q_proj: 'query' }`. */
export function linearsRules(checkpoint: string, path: string, names: Readonly<Record<string, string>>): WeightRule[] {
  return Object.entries(names).flatMap(([theirs, ours]) => linearRules(`${checkpoint}.${theirs}`, `${path}.${ours}`));
}

/** `weight` and `bias` of one tensor of the checkpoint, by one conversion. */
export function affineRules(
  checkpoint: string,
  paths: string | readonly string[],
  conversion?: Conversion,
): WeightRule[] {
  return ['weight', 'bias'].map((name) =>
    rule(
      `${checkpoint}.${name}`,
      [paths].flat().map((path) => `${path}.${name}`),
      name === 'bias' && conversion === transposed ? undefined : conversion,
    ),
  );
}
