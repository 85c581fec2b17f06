import type { Checkpoint } from '../safetensors/checkpoint.js';
import type { WeightDtype } from '../safetensors/dtypes.js';

/** The names in `torch_dtype`. */
export const torchDtypes: Readonly<Record<WeightDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** The dtype of a checkpoint: that of its first tensor if F16 or BF16, else F32. */
export function storedDtype({ tensors }: Pick<Checkpoint, 'tensors'>): WeightDtype {
  const [first] = tensors.values();
  return first?.dtype === 'F16' || first?.dtype === 'BF16' ? first.dtype : 'F32';
}
