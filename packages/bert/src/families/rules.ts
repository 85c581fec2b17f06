import { rule, transposed, type WeightRule } from '@sequitur/pretrained';

/** A PyTorch Linear with its bias. */
export function linear(checkpoint: string, path: string): WeightRule[] {
  return [rule(`${checkpoint}.weight`, `${path}.weight`, transposed), rule(`${checkpoint}.bias`, `${path}.bias`)];
}

/** A PyTorch LayerNorm. */
export function norm(checkpoint: string, path: string): WeightRule[] {
  return ['weight', 'bias'].map((name) => rule(`${checkpoint}.${name}`, `${path}.${name}`));
}
