import { attention, causal, full } from '@sequitur/attention';
import { openBackend, webGpuInstance } from '@sequitur/core';
import * as tf from '@tensorflow/tfjs-core';
import { interleaved, type Timing } from '../measure/interleave.js';
import { type Summary, summarize } from '../measure/statistics.js';
import {
  type AttentionCase,
  attentionFlops,
  attentionRunner,
  checkAttention,
  drawAttention,
  HEADS,
  SIZE,
  stockAttention,
} from './attention.js';

/**
 * GFLOP/s of our attention on WebGPU and of its composition of tfjs's ops, after checking that both give the same
 * output.
 *
 * @throws SequiturError if there is no WebGPU adapter
 */
export async function measureAttentionOnWebGpu(
  spec: AttentionCase,
  { rounds, clock }: Timing,
): Promise<Map<string, Summary>> {
  const backend = await openBackend('webgpu');
  const tensors = ['query', 'key', 'value'].map((name) =>
    tf.tensor4d(drawAttention(spec.length, name), [1, spec.length, HEADS, SIZE]),
  );
  const isCausal = spec.pattern === 'causal';
  const ours = attentionRunner(tensors, spec, (q, k, v) =>
    attention(q, k, v, { pattern: isCausal ? causal() : full() }),
  );
  const composed = attentionRunner(tensors, spec, (q, k, v) => inParts(q, k, v, isCausal));
  checkAttention('tfjs', await ours.output(), await composed.output());
  const whole = (run: () => void) => async () => {
    run();
    await backend.sync();
  };
  const times = await interleaved(
    [
      { name: 'Sequitur', run: whole(ours.run) },
      { name: 'tfjs', run: whole(composed.run) },
    ],
    { rounds, clock },
  );
  tf.dispose(tensors);
  return new Map([...times].map(([name, sample]) => [name, speedOf(spec, sample)]));
}

function speedOf(spec: AttentionCase, times: readonly number[]): Summary {
  return summarize(times.map((time) => attentionFlops(spec) / time / 1e6));
}

/** Attention in groups of heads if the scores of all heads exceed the largest binding: 201 MB at 2,048 tokens. */
function inParts(query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D, isCausal: boolean): tf.Tensor4D {
  const [, length, heads] = query.shape;
  const most = webGpuInstance(tf.backend())!.mostBindingBytes;
  const parts = Math.ceil((heads * length * length * 4) / most);
  const each = Math.ceil(heads / parts);
  const outputs: tf.Tensor4D[] = [];
  for (let first = 0; first < heads; first += each) {
    const count = Math.min(each, heads - first);
    const [q, k, v] = [query, key, value].map((x) => tf.slice(x, [0, 0, first, 0], [-1, -1, count, -1]));
    outputs.push(stockAttention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, isCausal));
  }
  return outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 2);
}
