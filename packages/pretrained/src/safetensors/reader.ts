import { SequiturError } from '@sequitur/core';
import type { ReadableFile } from '../files/file-source.js';
import { decodeValues, type SafetensorsDtype, type StoredValues } from './dtypes.js';
import { headerLength, parseHeader, type SafetensorsHeader, type TensorEntry } from './header.js';

export interface StoredTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly values: StoredValues;
}

/** A safetensors file, its header checked; tensors are read one by one. */
export class SafetensorsFile {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly #file: ReadableFile;
  readonly #dataStart: number;

  private constructor(file: ReadableFile, header: SafetensorsHeader, dataStart: number) {
    this.name = file.name;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
    this.#file = file;
    this.#dataStart = dataStart;
  }

  /** @throws SequiturError where the file is no sound safetensors file */
  static async open(file: ReadableFile): Promise<SafetensorsFile> {
    const length = headerLength(await file.read(0, Math.min(8, file.size)), file.size, file.name);
    const header = parseHeader(await file.read(8, 8 + length), file.size - 8 - length, file.name);
    return new SafetensorsFile(file, header, 8 + length);
  }

  /** One tensor, half precision widened. */
  async read(name: string): Promise<StoredTensor> {
    const entry = this.tensors.get(name);
    if (!entry) {
      throw new SequiturError({ where: this.name, expected: `a tensor '${name}'`, got: 'none of that name' });
    }
    const { dtype, shape, start, end } = entry;
    const bytes = await this.#file.read(this.#dataStart + start, this.#dataStart + end);
    if (bytes.length !== end - start) {
      throw new SequiturError({
        where: `${this.name}, tensor '${name}'`,
        expected: `${end - start} bytes`,
        got: `${bytes.length}`,
        fix: 'The file changed while it was read, or its transfer broke off: load it again',
      });
    }
    return { dtype, shape, values: decodeValues(dtype, bytes) };
  }
}
