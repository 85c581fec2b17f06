import { wasmInstance } from '../../backends/wasm/instance.js';
import type { NativeKernel } from '../define-op.js';
import type { EmbedAttributes, EmbedGradientAttributes } from './reference.js';

export const embedWasm: NativeKernel<EmbedAttributes> = ({ inputs: { table, ids }, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const [rows, width] = table!.shape as [number, number];
  const y = wasm.output([...ids!.shape, width]);
  wasm.kernels.embedForward(ids!.size, rows, width, wasm.offset(ids!), wasm.offset(table!), wasm.offset(y));
  return [y];
};

export const embedGradientWasm: NativeKernel<EmbedGradientAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const [dy, ids] = [inputs.dy!, inputs.ids!];
  const { padding, vocabularySize } = attributes;
  const width = dy.shape.at(-1)!;
  const dtable = wasm.output([vocabularySize, width]);
  const [places, slopes, to] = [wasm.offset(ids), wasm.offset(dy), wasm.offset(dtable)];
  wasm.kernels.embedBackward(ids.size, vocabularySize, width, places, slopes, padding, to);
  return [dtable];
};
