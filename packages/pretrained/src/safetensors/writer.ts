import { DTYPE_BYTES, type SafetensorsDtype, type StoredValues } from './dtypes.js';

/** A tensor to be written: its values are asked for when their turn comes. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** The values; F16 and BF16 as their bits. */
  values(): Promise<StoredValues>;
}

export function bytesOf({ dtype, shape }: Pick<TensorToWrite, 'dtype' | 'shape'>): number {
  return shape.reduce((size, dimension) => size * dimension, DTYPE_BYTES[dtype]);
}

/** A safetensors file as a stream of chunks: the header, then tensor after tensor. */
export async function* safetensorsChunks(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(tensors, metadata);
  for (const tensor of tensors) {
    const values = await tensor.values();
    if (values.byteLength !== bytesOf(tensor)) {
      throw new Error(`${tensor.name}: ${values.byteLength} bytes of values, ${bytesOf(tensor)} declared`);
    }
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

function encodeHeader(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let position = 0;
  const entries: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, dtype, shape } of tensors) {
    const end = position + bytesOf({ dtype, shape });
    entries[name] = { dtype, shape, data_offsets: [position, end] };
    position = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const length = Math.ceil(text.length / 8) * 8; // spaces align the data
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}
