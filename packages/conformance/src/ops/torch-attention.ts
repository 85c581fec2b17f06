import { CrossAttention, causal, full, MultiHeadAttention, type ProjectedAttention } from '@sequitur/attention';
import type { Linear, MixContext } from '@sequitur/core';
import {
  cast,
  keep,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';

/** `torch.nn.MultiheadAttention` as self-attention or cross-attention. */
export const torchMultiheadAttention: Operation = async (given) => {
  const [query, key] = [given.input('query') as Tensor3D, given.input('key') as Tensor3D];
  const isCausal = given.attribute<boolean>('causal') ?? false;
  const options = { width: query.shape[2], heads: given.attribute<number>('num_heads')! };
  let weights: Tensor | undefined;
  const context: MixContext = { observe: (_name, tensor) => (weights = keep(tensor.clone())) };
  const attentionMask = maskOf(given, 'key_padding_mask');
  if (await areSame(query, key)) {
    const part = new MultiHeadAttention({ ...options, pattern: isCausal ? causal() : full() });
    fillAttention(part, given);
    const out = part.mix(query, part.initState(query.shape[0]), { ...context, attentionMask }).output;
    part.dispose();
    return { out, weights: weights! };
  }
  if (isCausal) return null;
  const part = new CrossAttention(options);
  fillAttention(part, given);
  const out = part.mix(query, part.read(key, attentionMask), context).output;
  part.dispose();
  return { out, weights: weights! };
};

async function areSame(a: Tensor, b: Tensor): Promise<boolean> {
  const [x, y] = await Promise.all([a.data(), b.data()]);
  return x.length === y.length && x.every((value, index) => value === y[index]);
}

/** [batch, length]: 1 where PyTorch's key padding mask is false. */
export function maskOf(given: OperationCase, mask: string): Tensor2D | undefined {
  return given.has(mask) ? (tidy(() => cast(sub(1, given.input(mask)), 'int32')) as Tensor2D) : undefined;
}

/** Loads the weights of a `torch.nn.MultiheadAttention` from the case: query, key and value stacked. */
export function fillAttention(part: ProjectedAttention, given: OperationCase, prefix = ''): void {
  tidy(() => {
    const weights = split(given.input(`${prefix}in_proj_weight`), 3, 0);
    const biases = split(given.input(`${prefix}in_proj_bias`), 3, 0);
    for (const [index, linear] of [part.query, part.key, part.value].entries()) {
      linear.weight.assign(transpose(weights[index]!));
      linear.bias!.assign(biases[index]!);
    }
  });
  fillLinear(part.output, given, `${prefix}out_proj`);
}

/** Loads the weights of a `torch.nn.Linear` from the case. */
export function fillLinear(part: Linear, given: OperationCase, name: string): void {
  tidy(() => part.weight.assign(transpose(given.input(`${name}.weight`))));
  part.bias!.assign(given.input(`${name}.bias`));
}
