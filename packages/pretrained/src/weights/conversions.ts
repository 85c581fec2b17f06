type Shape = readonly number[];

/** A conversion between a tensor of a checkpoint and parameters: a pure function with an inverse. */
export interface Conversion {
  /** The checkpoint's shape, from the shapes of the parameters. */
  shape(parts: readonly Shape[]): Shape;
  /** The checkpoint's values -> those of each parameter. */
  split(values: Float32Array, parts: readonly Shape[]): Float32Array[];
  /** The values of the parameters -> the checkpoint's. */
  join(values: readonly Float32Array[], parts: readonly Shape[]): Float32Array;
}

/** The identity. */
export const same: Conversion = {
  shape: ([part]) => part!,
  split: (values) => [values],
  join: ([values]) => values!,
};

/** Transposition: PyTorch's Linear stores [outputs, inputs], ours [inputs, outputs]. */
export const transposed: Conversion = {
  shape: ([part]) => [part![1]!, part![0]!],
  split: (values, [part]) => [transpose(values, part![1]!, part![0]!)],
  join: ([values], [part]) => transpose(values!, part![0]!, part![1]!),
};

/** PyTorch's depthwise Conv1d stores [channels, 1, kernelSize], ours [kernelSize, channels]. */
export const depthwise: Conversion = {
  ...transposed,
  shape: ([part]) => [part![1]!, 1, part![0]!],
};

/** Concatenation along the last axis, as GPT-2's query, key and value in `c_attn`. */
export const sideBySide: Conversion = {
  shape: (parts) => [...parts[0]!.slice(0, -1), parts.reduce((sum, part) => sum + part.at(-1)!, 0)],
  split: (values, parts) => {
    const total = parts.reduce((sum, part) => sum + part.at(-1)!, 0);
    let start = 0;
    return parts.map((part) => {
      const width = part.at(-1)!;
      const columns = takeColumns(values, total, start, width);
      start += width;
      return columns;
    });
  },
  join: (values, parts) => {
    const total = parts.reduce((sum, part) => sum + part.at(-1)!, 0);
    const rows = values[0]!.length / parts[0]!.at(-1)!;
    const joined = new Float32Array(rows * total);
    let start = 0;
    for (const [index, part] of parts.entries()) {
      const width = part.at(-1)!;
      for (let row = 0; row < rows; row++) {
        joined.set(values[index]!.subarray(row * width, (row + 1) * width), row * total + start);
      }
      start += width;
    }
    return joined;
  },
};

/** Concatenation, then transposition: [outputs of all, inputs], as in a PyTorch Linear. */
export const transposedSideBySide: Conversion = {
  shape: (parts) => [...sideBySide.shape(parts)].reverse(),
  split: (values, parts) => {
    const [inputs, outputs] = sideBySide.shape(parts);
    return sideBySide.split(transpose(values, outputs!, inputs!), parts);
  },
  join: (values, parts) => {
    const [inputs, outputs] = sideBySide.shape(parts);
    return transpose(sideBySide.join(values, parts), inputs!, outputs!);
  },
};

/** Stacks our vectors as the rows of one matrix. */
export const stackedRows: Conversion = {
  shape: (parts) => [parts.length, ...parts[0]!],
  split: (values, parts) => {
    const size = values.length / parts.length;
    return parts.map((_, row) => values.slice(row * size, (row + 1) * size));
  },
  join: (values) => Float32Array.from(values.flatMap((row) => [...row])),
};

/** Blocks [blocks, rows, columns] of the parts in turn as one matrix: block 0 of each part, block 1 of each part, ... */
export const blocksInTurn: Conversion = {
  shape: (parts) => [parts.reduce((sum, [blocks, rows]) => sum + blocks! * rows!, 0), parts[0]![2]!],
  split: (values, parts) => {
    const split = parts.map(([blocks, rows, columns]) => new Float32Array(blocks! * rows! * columns!));
    visitBlocks(parts, (theirs, part, ours, size) => split[part]!.set(values.subarray(theirs, theirs + size), ours));
    return split;
  },
  join: (values, parts) => {
    const joined = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
    visitBlocks(parts, (theirs, part, ours, size) => joined.set(values[part]!.subarray(ours, ours + size), theirs));
    return joined;
  },
};

/** For each block: its place in the whole, its part, its place in the part, and its size. */
function visitBlocks(
  parts: readonly Shape[],
  each: (theirs: number, part: number, ours: number, size: number) => void,
): void {
  let theirs = 0;
  for (let block = 0; block < parts[0]![0]!; block++) {
    for (const [part, [, rows, columns]] of parts.entries()) {
      const size = rows! * columns!;
      each(theirs, part, block * size, size);
      theirs += size;
    }
  }
}

/** Columns of the parts in turn: gate, up, gate, up, ... */
export const interleavedColumns: Conversion = {
  shape: sideBySide.shape,
  split: (values, parts) => parts.map((_, part) => values.filter((_value, i) => i % parts.length === part)),
  join: (values) => {
    const joined = new Float32Array(values.length * values[0]!.length);
    for (const [part, own] of values.entries()) {
      for (let i = 0; i < own.length; i++) joined[i * values.length + part] = own[i]!;
    }
    return joined;
  },
};

/** A conversion of each slice along the first axis, as of the matrices of experts. */
export function stackedOf(conversion: Conversion): Conversion {
  const slices = (parts: readonly Shape[]) => ({ count: parts[0]![0]!, shapes: parts.map((part) => part.slice(1)) });
  const sliceOf = (values: Float32Array, index: number, count: number) => {
    const size = values.length / count;
    return values.subarray(index * size, (index + 1) * size);
  };
  return {
    shape: (parts) => [slices(parts).count, ...conversion.shape(slices(parts).shapes)],
    split: (values, parts) => {
      const { count, shapes } = slices(parts);
      const whole = parts.map((part) => new Float32Array(part.reduce((size, dimension) => size * dimension, 1)));
      for (let index = 0; index < count; index++) {
        const own = conversion.split(sliceOf(values, index, count), shapes);
        for (const [part, found] of own.entries()) sliceOf(whole[part]!, index, count).set(found);
      }
      return whole;
    },
    join: (values, parts) => {
      const { count, shapes } = slices(parts);
      const total = values.reduce((sum, part) => sum + part.length, 0);
      const whole = new Float32Array(total);
      for (let index = 0; index < count; index++) {
        const own = values.map((part) => sliceOf(part, index, count));
        sliceOf(whole, index, count).set(conversion.join(own, shapes));
      }
      return whole;
    },
  };
}

function takeColumns(values: Float32Array, total: number, start: number, width: number): Float32Array {
  const rows = values.length / total;
  const taken = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    taken.set(values.subarray(row * total + start, row * total + start + width), row * width);
  }
  return taken;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  }
  return turned;
}
