import type { NativeKernel, OpInputs } from '@sequitur/core';
import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { blockLayout } from '../../../patterns/index.js';
import type { ResolvedOptions } from '../options.js';
import { stridesOf } from '../strides.js';
import { backwardHead } from './backward.js';
import { forwardHead } from './forward.js';
import { BLOCK, type Head } from './head.js';
import type { Rows } from './products.js';

/** The functions of tfjs's cpu backend that these kernels use. */
interface CpuBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

export const forwardCpu: NativeKernel<ResolvedOptions> = ({ inputs, attributes, backend }) => {
  const host = new Host(backend as CpuBackend, inputs, attributes);
  const { batch, queries, heads, group, valueSize } = host;
  const output = new Float32Array(batch * queries * heads * valueSize);
  const logSumExp = new Float32Array(batch * heads * queries);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const rows = {
        query: host.rows('query', b, h, attributes.scale),
        ...host.keysAndValues(b, Math.floor(h / group)),
      };
      const sums = zeroRows(queries, valueSize);
      const at = (b * heads + h) * queries;
      forwardHead(host.head(b, h), rows, sums, logSumExp.subarray(at, at + queries));
      addRows(sums, 1, output, [batch, queries, heads, valueSize], b, h);
    }
  }
  return [host.made(output, [batch, queries, heads, valueSize]), host.made(logSumExp, [batch, heads, queries])];
};

export const backwardCpu: NativeKernel<ResolvedOptions> = ({ inputs, attributes, backend }) => {
  const host = new Host(backend as CpuBackend, inputs, attributes);
  const { batch, queries, heads, group, headSize, valueSize } = host;
  const { keyLength, scale } = attributes;
  const names = ['query', 'key', 'value', 'bias', 'relative'].filter(
    (name) => inputs[name] && (name !== 'bias' || attributes.biasGradient),
  );
  const sums = Object.fromEntries(names.map((name) => [name, new Float32Array(inputs[name]!.size)]));
  const [logSumExp, dLogSumExp] = [host.values('logSumExp'), host.values('dlogSumExp')];
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const shared = Math.floor(h / group);
      const given = { query: host.rows('query', b, h, scale), ...host.keysAndValues(b, shared) };
      const at = (b * heads + h) * queries;
      const result = {
        output: host.rows('output', b, h, 1),
        dOutput: host.rows('dy', b, h, 1),
        logSumExp: logSumExp.subarray(at, at + queries),
        dLogSumExp: dLogSumExp.subarray(at, at + queries),
      };
      const query = zeroRows(queries, headSize);
      const [key, value] = [zeroRows(keyLength, headSize), zeroRows(keyLength, valueSize)];
      backwardHead(host.head(b, h), given, result, { query, key, value, bias: sums.bias, relative: sums.relative });
      addRows(query, scale, sums.query!, inputs.query!.shape, b, h);
      addRows(key, 1, sums.key!, inputs.key!.shape, b, shared); // queries are scaled already
      addRows(value, 1, sums.value!, inputs.value!.shape, b, shared);
    }
  }
  return names.map((name) => host.made(sums[name]!, inputs[name]!.shape));
};

/** The inputs of a call, read head by head. */
class Host {
  readonly batch: number;
  readonly queries: number;
  readonly heads: number;
  readonly group: number;
  readonly headSize: number;
  readonly valueSize: number;

  constructor(
    private readonly backend: CpuBackend,
    private readonly inputs: OpInputs,
    private readonly options: ResolvedOptions,
  ) {
    [this.batch, this.queries, this.heads, this.headSize] = inputs.query!.shape as [number, number, number, number];
    this.group = this.heads / inputs.key!.shape[2]!;
    this.valueSize = inputs.value!.shape[3]!;
  }

  values(name: string): Float32Array {
    return this.backend.readSync(this.inputs[name]!.dataId) as Float32Array;
  }

  made(values: Float32Array, shape: readonly number[]): TensorInfo {
    return this.backend.makeTensorInfo([...shape], 'float32', values);
  }

  /** The rows of one head of [batch, length, heads, size], times a factor. */
  rows(name: string, b: number, h: number, factor: number): Rows {
    const [, length, heads, width] = this.inputs[name]!.shape as [number, number, number, number];
    const used = name === 'key' || name === 'value' ? this.options.keyLength : length;
    const rows = zeroRows(used, width);
    const source = this.values(name);
    for (let i = 0; i < used; i++) {
      const at = ((b * length + i) * heads + h) * width;
      for (let d = 0; d < width; d++) rows.values[i * width + d] = source[at + d]! * factor;
    }
    return rows;
  }

  keysAndValues(b: number, h: number): { key: Rows; value: Rows } {
    return { key: this.rows('key', b, h, 1), value: this.rows('value', b, h, 1) };
  }

  head(b: number, h: number): Head {
    const { queries, options, inputs } = this;
    const { patterns, keyLength, offset, evicted } = options;
    const layout = blockLayout(patterns[h % patterns.length]!, {
      ...{ queries, keys: keyLength, offset, queryBlock: BLOCK, keyBlock: BLOCK, evicted },
    });
    return {
      ...{ options, layout, queries },
      attentionMask: inputs.attentionMask && this.values('attentionMask').subarray(b * keyLength, (b + 1) * keyLength),
      documents: inputs.documents && this.values('documents').subarray(b * queries, (b + 1) * queries),
      bias: inputs.bias && this.#bias(inputs.bias, b, h),
      relative: inputs.relative && { values: this.values('relative'), start: h * (queries + keyLength - 1) },
      dropIndex: (b * this.heads + h) * queries * keyLength,
    };
  }

  #bias(bias: Tensor, b: number, h: number) {
    const [batch, head, query, key] = stridesOf(bias.shape) as [number, number, number, number];
    return { values: this.values('bias'), start: b * batch + h * head, query, key };
  }
}

function zeroRows(count: number, width: number): Rows {
  return { values: new Float64Array(count * width), start: 0, width };
}

/** Adds the rows of a head, times a factor, to [batch, length, heads, size]. */
function addRows(rows: Rows, factor: number, to: Float32Array, shape: readonly number[], b: number, h: number): void {
  const [, length, heads, width] = shape as [number, number, number, number];
  const count = rows.values.length / width;
  for (let i = 0; i < count; i++) {
    const at = ((b * length + i) * heads + h) * width;
    for (let d = 0; d < width; d++) to[at + d]! += rows.values[i * width + d]! * factor;
  }
}
