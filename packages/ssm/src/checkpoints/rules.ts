import { type Conversion, rule, transposed, type WeightRule } from '@sequitur/core';

/** PyTorch's depthwise Conv1d stores [channels, 1, kernel], ours [kernel, channels]. */
const depthwise: Conversion = {
  ...transposed,
  shape: ([part]) => [part![1]!, 1, part![0]!],
};

export function convolutionRules(mixer: string, path: string): WeightRule[] {
  return [
    rule(`${mixer}.conv1d.weight`, `${path}.convolution.weight`, depthwise),
    rule(`${mixer}.conv1d.bias`, `${path}.convolution.bias`),
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
