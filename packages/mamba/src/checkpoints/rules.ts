import { type Conversion, rule, transposed, type WeightRule } from '@sequitur/pretrained';

/** PyTorch's depthwise Conv1d stores [channels, 1, kernel], ours [kernel, channels]. */
const depthwise: Conversion = {
  ...transposed,
  shape: ([part]) => [part![1]!, 1, part![0]!],
};

/** What the mixers of both kinds store under one name. */
export function mixerRules(mixer: string, path: string): WeightRule[] {
  return [
    rule(`${mixer}.in_proj.weight`, `${path}.input.weight`, transposed),
    rule(`${mixer}.in_proj.bias`, `${path}.input.bias`),
    rule(`${mixer}.conv1d.weight`, `${path}.convolution.weight`, depthwise),
    rule(`${mixer}.conv1d.bias`, `${path}.convolution.bias`),
    rule(`${mixer}.A_log`, `${path}.logDecay`),
    rule(`${mixer}.D`, `${path}.skip`),
    rule(`${mixer}.out_proj.weight`, `${path}.output.weight`, transposed),
    rule(`${mixer}.out_proj.bias`, `${path}.output.bias`),
  ];
}

/** What the language models of this package have in common, around the rules of their mixers. */
export function languageModelRules(prefix: string, embedding: string, mixer: readonly WeightRule[]): WeightRule[] {
  return [
    rule(`${prefix}${embedding}.weight`, 'embedding.tokens.weight'),
    rule(`${prefix}layers.{i}.norm.weight`, 'blocks.{i}.norm.weight'),
    ...mixer,
    rule(`${prefix}norm_f.weight`, 'norm.weight'),
    rule('lm_head.weight', 'head.weight', transposed),
  ];
}

/** How a checkpoint's names begin, and what it calls the embedding table. */
export function namingOf(tensors: ReadonlyMap<string, unknown>): { prefix: string; embedding: string } {
  const prefix = tensors.has('norm_f.weight') ? '' : 'backbone.';
  return { prefix, embedding: tensors.has(`${prefix}embedding.weight`) ? 'embedding' : 'embeddings' };
}
