import { append } from '@sequitur/core';
import { concat, fill, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';

/** What attention remembers: the keys and values of all tokens so far, in buffers with room to grow. */
export type KeyValueMemory = {
  /** How many positions are filled. */
  readonly length: number;
  readonly keys?: Tensor4D; // [batch, capacity, keyHeads, headSize]
  readonly values?: Tensor4D; // [batch, capacity, keyHeads, headSize]
  /** 1 where a position holds a real token; absent while all do. */
  readonly visible?: Tensor2D; // [batch, length]
};

export interface RememberedChunk {
  readonly keys: Tensor4D; // [batch, added, keyHeads, headSize]
  readonly values: Tensor4D; // [batch, added, keyHeads, headSize]
  /** [batch, added], 0 at padding. */
  readonly visible?: Tensor2D | undefined;
}

export const emptyMemory: KeyValueMemory = { length: 0 };

/** The memory with a chunk behind it, as new tensors; the old memory keeps its values. */
export function remember(
  memory: KeyValueMemory,
  chunk: RememberedChunk,
): Required<Omit<KeyValueMemory, 'visible'>> & Pick<KeyValueMemory, 'visible'> {
  const { length } = memory;
  const visible = rememberVisible(memory, chunk);
  return {
    length: length + chunk.keys.shape[1],
    keys: append(memory.keys ?? null, length, chunk.keys),
    values: append(memory.values ?? null, length, chunk.values),
    ...(visible && { visible }),
  };
}

function rememberVisible(memory: KeyValueMemory, { keys, visible }: RememberedChunk): Tensor2D | undefined {
  if (!memory.visible && !visible) return undefined;
  const [batch, added] = keys.shape;
  const now = visible ?? (fill([batch, added], 1) as Tensor2D);
  if (memory.length === 0) return now.clone();
  return concat([memory.visible ?? (fill([batch, memory.length], 1) as Tensor2D), now], 1);
}
