import { SequiturError } from '@sequitur/core';
import type { ReadableFile } from '../files/file-source.js';
import { checkFile } from '../files/location.js';
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
    checkFile('SafetensorsFile.open', file);
    const length = headerLength(await file.read(0, Math.min(8, file.size)), file.size, file.name);
    const header = parseHeader(await file.read(8, 8 + length), file.size - 8 - length, file.name);
    return new SafetensorsFile(file, header, 8 + length);
  }

  /** One tensor, half precision widened. */
  async read(name: string): Promise<StoredTensor> {
    return this.#read(name, this.#entry(name));
  }

  /** `count` rows of a tensor along its first axis. */
  async readRows(name: string, first: number, count: number): Promise<StoredTensor> {
    const { dtype, shape, start, end } = this.#entry(name);
    const bytesOfRow = (end - start) / (shape[0] || 1);
    const from = start + first * bytesOfRow;
    return this.#read(name, { dtype, shape: [count, ...shape.slice(1)], start: from, end: from + count * bytesOfRow });
  }

  #entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (entry) return entry;
    throw new SequiturError({ where: this.name, expected: `a tensor '${name}'`, got: 'none of that name' });
  }

  async #read(name: string, { dtype, shape, start, end }: TensorEntry): Promise<StoredTensor> {
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
