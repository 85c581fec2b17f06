import { type Conversion, sideBySide, transposed, transposedSideBySide } from './conversions.js';
import { headByHead } from './head-by-head.js';
import { rule, type WeightRule } from './weight-map.js';

/** Names below two paths: theirs -> ours. */
export type TensorNames = Readonly<Record<string, string>>;

/** The tensors of a PyTorch Linear, with a bias where ours has one; or of several below these paths. */
export function linearRules(checkpoint: string, path: string, names?: TensorNames): WeightRule[] {
  return below(checkpoint, path, names).flatMap(([theirs, ours]) => affineRules(theirs, ours, transposed));
}

/** Tensors that are stored as we keep them: norms, tables, and the Conv1D layers of GPT-2. */
export function sameRules(checkpoint: string, path: string, names?: TensorNames): WeightRule[] {
  return below(checkpoint, path, names).flatMap(([theirs, ours]) => affineRules(theirs, ours));
}

function below(checkpoint: string, path: string, names?: TensorNames): [theirs: string, ours: string][] {
  if (!names) return [[checkpoint, path]];
  const join = (before: string, name: string) =>
    before === '' || before.endsWith('.') ? before + name : `${before}.${name}`;
  return Object.entries(names).map(([theirs, ours]) => [join(checkpoint, theirs), join(path, ours)]);
}

/** Rules of one stored Linear that concatenates several of ours. */
export function sideBySideRules(checkpoint: string, paths: readonly string[]): WeightRule[] {
  const each = (name: string) => paths.map((path) => `${path}.${name}`);
  return [
    rule(`${checkpoint}.weight`, each('weight'), transposedSideBySide),
    rule(`${checkpoint}.bias`, each('bias'), sideBySide),
  ];
}

/** One Linear for query, key and value, laid out head by head, as GPT-NeoX and Bloom store it. */
export function fusedRules(checkpoint: string, mixer: string, heads: number): WeightRule[] {
  return affineRules(checkpoint, projections(mixer), headByHead(heads));
}

/** The paths of the query, key and value of a mixer. */
export function projections(mixer: string): string[] {
  return ['query', 'key', 'value'].map((part) => `${mixer}.${part}`);
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
