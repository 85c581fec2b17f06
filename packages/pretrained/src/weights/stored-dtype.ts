import type { WeightDtype } from '../safetensors/dtypes.js';
import type { Checkpoint } from './checkpoint.js';

/** What `torch_dtype` of a configuration calls each. */
export const torchDtypes: Readonly<Record<WeightDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** How a checkpoint stores its numbers: as its first tensor, and as F32 where that is neither F16 nor BF16. */
export function storedDtype({ tensors }: Pick<Checkpoint, 'tensors'>): WeightDtype {
  const [first] = tensors.values();
  return first?.dtype === 'F16' || first?.dtype === 'BF16' ? first.dtype : 'F32';
}
