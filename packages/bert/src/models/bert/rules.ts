import {
  linearRules,
  positionIds,
  rule,
  type StoredBuffer,
  sameRules,
  tokenTypeIds,
  type WeightRule,
} from '@sequitur/pretrained';

/** The tables and the norm of BERT's embedding, below the prefix. */
export function embeddingRules(prefix: string): WeightRule[] {
  return sameRules(`${prefix}embeddings`, 'encoder.embedding', {
    ...{ word_embeddings: 'tokens', position_embeddings: 'positions', token_type_embeddings: 'tokenTypes' },
    LayerNorm: 'norm',
  });
}

/** The names of BERT's encoder, which its descendants have too. */
export function bertRules(prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}encoder.layer.{i}`, 'encoder.stack.blocks.{i}'];
  return [
    ...embeddingRules(prefix),
    ...linearRules(layer, block, {
      ...{ 'attention.self.query': 'mixer.query', 'attention.self.key': 'mixer.key' },
      ...{ 'attention.self.value': 'mixer.value', 'attention.output.dense': 'mixer.output' },
      ...{ 'intermediate.dense': 'feedForward.up', 'output.dense': 'feedForward.down' },
    }),
    rule(`${layer}.attention.self.distance_embedding.weight`, `${block}.mixer.distances.weight`),
    ...sameRules(layer, block, {
      ...{ 'attention.output.LayerNorm': 'mixerNorm', 'output.LayerNorm': 'feedForwardNorm' },
    }),
  ];
}

/** Tensors of old checkpoints of BERT and its descendants: additional ones, and older names. */
export const oldCheckpoints = {
  presentName: (stored: string) => stored.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias'),
  storedBuffers: (_config: object, prefix: string): StoredBuffer[] => [
    positionIds(`${prefix}embeddings.position_ids`),
    tokenTypeIds(`${prefix}embeddings.token_type_ids`),
  ],
};

/** The names of `weight` and `bias`. */
export const weightAndBias = (name: string): string[] => [`${name}.weight`, `${name}.bias`];
