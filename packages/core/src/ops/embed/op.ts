import { wasmInstance } from '../../backends/wasm/instance.js';
import { defineOp } from '../define-op.js';
import type { EmbedAttributes, EmbedGradientAttributes } from './attributes.js';
import { embedGradientCpu } from './cpu.js';
import { embedGradientReference, embedReference } from './reference.js';
import { embedGradientWebGpu, embedWebGpu } from './webgpu.js';

/** {table, ids} -> [rows]. */
export const embedOp = defineOp<EmbedAttributes>({
  name: 'SequiturEmbed',
  reference: ({ table, ids }) => [embedReference(table!, ids!)],
  gradient: {
    inputsToSave: ['table', 'ids'],
    of: ([dy], [table, ids], { padding }) => ({
      table: () => embedGradient({ dy: dy!, ids: ids! }, { padding, vocabularySize: table!.shape[0]! })[0]!,
    }),
  },
  kernels: {
    wasm: ({ inputs: { table, ids }, backend }) => {
      const wasm = wasmInstance(backend);
      if (!wasm) return null;
      const [rows, width] = table!.shape as [number, number];
      const y = wasm.output([...ids!.shape, width]);
      wasm.kernels.embedForward(ids!.size, rows, width, wasm.offset(ids!), wasm.offset(table!), wasm.offset(y));
      return [y];
    },
    webgpu: embedWebGpu,
  },
});

/** {dy, ids} -> [dtable]; tfjs's wasm backend has no segment sum, so that there nothing could learn an embedding. */
const embedGradient = defineOp<EmbedGradientAttributes>({
  name: 'SequiturEmbedGradient',
  reference: ({ dy, ids }, { padding, vocabularySize }) => [embedGradientReference(dy!, ids!, vocabularySize, padding)],
  kernels: {
    wasm: ({ inputs: { dy, ids }, attributes: { padding, vocabularySize }, backend }) => {
      const wasm = wasmInstance(backend);
      if (!wasm) return null;
      const width = dy!.shape.at(-1)!;
      const dtable = wasm.output([vocabularySize, width]);
      wasm.kernels.embedBackward(
        ...([
          ids!.size,
          vocabularySize,
          width,
          wasm.offset(ids!),
          wasm.offset(dy!),
          padding,
          wasm.offset(dtable),
        ] as const),
      );
      return [dtable];
    },
    cpu: embedGradientCpu,
    webgpu: embedGradientWebGpu,
  },
});
