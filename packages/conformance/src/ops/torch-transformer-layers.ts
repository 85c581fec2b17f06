import { CrossAttention, full, MultiHeadAttention } from '@sequitur/attention';
import { activationByName, FeedForward, LayerNorm } from '@sequitur/core';
import { PostNormBlock, PostNormDecoderBlock, PreNormBlock, PreNormDecoderBlock } from '@sequitur/transformer';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';
import { fillAttention, fillLinear, maskOf } from './torch-attention.js';

/**
 * `torch.nn.TransformerEncoderLayer`, and `torch.nn.TransformerDecoderLayer` on its output. The case's name says
 * whether it is pre-norm or post-norm.
 */
export const torchTransformerLayers: Operation = (given) => {
  const norm = /^(pre|post)/.exec(given.name)?.[1];
  if (!norm) return null;
  const [src, tgt] = [given.input('src') as Tensor3D, given.input('tgt') as Tensor3D];
  const [options, attentionMask] = [partsOptions(given, src.shape[2]), maskOf(given, 'src_key_padding_mask')];
  const encoder = encoderLayer(given, options, norm === 'pre');
  const memory = encoder.apply(src, encoder.initState(src.shape[0]), { attentionMask }).output;
  const decoder = decoderLayer(given, options, norm === 'pre');
  const state = decoder.initState(tgt.shape[0], { hidden: memory, attentionMask });
  const out = decoder.apply(tgt, state, {}).output;
  encoder.dispose();
  decoder.dispose();
  return { memory, out };
};

interface PartsOptions {
  readonly width: number;
  readonly heads: number;
  readonly hiddenWidth: number;
  readonly activation: string;
  readonly epsilon: number;
}

function partsOptions(given: OperationCase, width: number): PartsOptions {
  return {
    width,
    heads: given.attribute<number>('num_heads')!,
    hiddenWidth: given.input('encoder.linear1.bias').size,
    activation: given.attribute<string>('activation') ?? 'relu',
    epsilon: given.attribute<number>('layer_norm_eps') ?? 1e-5,
  };
}

function encoderLayer(given: OperationCase, options: PartsOptions, isPre: boolean) {
  const mixer = new MultiHeadAttention({ ...options, pattern: full() });
  fillAttention(mixer, given, 'encoder.self_attn.');
  const parts = {
    mixer,
    mixerNorm: norm(given, 'encoder.norm1', options),
    feedForward: feedForward(given, 'encoder', options),
    feedForwardNorm: norm(given, 'encoder.norm2', options),
  };
  return isPre ? new PreNormBlock(parts) : new PostNormBlock(parts);
}

function decoderLayer(given: OperationCase, options: PartsOptions, isPre: boolean) {
  const [mixer, cross] = [new MultiHeadAttention(options), new CrossAttention(options)];
  fillAttention(mixer, given, 'decoder.self_attn.');
  fillAttention(cross, given, 'decoder.multihead_attn.');
  const parts = {
    ...{ mixer, cross },
    mixerNorm: norm(given, 'decoder.norm1', options),
    crossNorm: norm(given, 'decoder.norm2', options),
    feedForward: feedForward(given, 'decoder', options),
    feedForwardNorm: norm(given, 'decoder.norm3', options),
  };
  return isPre ? new PreNormDecoderBlock(parts) : new PostNormDecoderBlock(parts);
}

function norm(given: OperationCase, name: string, { width, epsilon }: PartsOptions): LayerNorm {
  const part = new LayerNorm(width, { epsilon });
  part.weight.assign(given.input(`${name}.weight`));
  part.bias!.assign(given.input(`${name}.bias`));
  return part;
}

function feedForward(given: OperationCase, side: string, options: PartsOptions): FeedForward {
  const part = new FeedForward({ ...options, activation: activationByName(options.activation) });
  fillLinear(part.up, given, `${side}.linear1`);
  fillLinear(part.down, given, `${side}.linear2`);
  return part;
}
