import { type Parameter, parametersOf, scoped } from '@sequitur/core';
import {
  add,
  clone,
  dispose,
  keep,
  mul,
  type Scalar,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { RecurrentMemoryModel, RecurrentMemoryState } from './recurrent-memory-model.js';

/** The loss of one segment, from its logits [batch, length, vocabulary] and its start in the sequence. */
export type SegmentLoss = (logits: Tensor3D, start: number) => Scalar;

export interface ReplayedGradients {
  /** The sum of the segments' losses. */
  readonly value: Scalar;
  /** By parameter path. */
  readonly gradients: Map<string, Tensor>;
}

/**
 * Memory replay back-propagation (Wu et al. 2022, "Memformer", algorithm 1): the loss of many segments and its
 * gradients, with the activations of one segment at a time. The memories are computed forwards and kept; then, from the
 * last segment to the first, each segment is recomputed from its memory, and the gradient of that memory is passed to
 * the segment before. Equal to back-propagation through `model.step`, over all segments or the model's
 * `gradientSegments`. The caller disposes the result.
 *
 * @param tokens int32 [batch, length]
 */
export function memoryReplayGradients(
  model: RecurrentMemoryModel,
  tokens: Tensor2D,
  lossOf: SegmentLoss,
): ReplayedGradients {
  const segments = cut(tokens, model.segmentLength);
  const memories = rollOut(model, segments);
  const trained = [...parametersOf(model)].filter(([, parameter]) => parameter.trainable);
  const total = new Map<string, Tensor>();
  let value: Scalar | undefined;
  let byMemory: Tensor | undefined;
  for (let index = segments.length - 1; index >= 0; index--) {
    const loss = (logits: Tensor3D) => lossOf(logits, index * model.segmentLength);
    const segment = { tokens: segments[index]!, memory: memories[index], index };
    const replayed = replay(model, segment, trained, loss, byMemory);
    for (const [path, gradient] of replayed.gradients) accumulate(total, path, gradient);
    if (byMemory) dispose(byMemory);
    byMemory = replayed.byMemory;
    const before: Scalar | undefined = value;
    value = before ? (add(before, replayed.loss) as Scalar) : replayed.loss;
    if (before) dispose([before, replayed.loss]);
  }
  dispose([...memories.filter((memory) => memory !== undefined), ...(byMemory ? [byMemory] : []), ...segments]);
  return { value: value!, gradients: total };
}

function cut(tokens: Tensor2D, segmentLength: number): Tensor2D[] {
  const [, length] = tokens.shape;
  return Array.from({ length: Math.ceil(length / segmentLength) }, (_, index) => {
    const start = index * segmentLength;
    return slice(tokens, [0, start], [-1, Math.min(segmentLength, length - start)]);
  });
}

/** The memory before each segment, undefined before the first. */
function rollOut(model: RecurrentMemoryModel, segments: readonly Tensor2D[]): (Tensor3D | undefined)[] {
  const memories: (Tensor3D | undefined)[] = [undefined];
  for (const [index, tokens] of segments.slice(0, -1).entries()) {
    const memory = scoped(() => readSegment(model, { tokens, memory: memories.at(-1), index }).written!);
    memories.push(memory);
  }
  return memories;
}

/** A segment, with the memory before it. */
interface Segment {
  readonly tokens: Tensor2D;
  readonly memory: Tensor3D | undefined;
  /** Number of earlier segments, which decides where gradients stop. */
  readonly index: number;
}

function readSegment(model: RecurrentMemoryModel, { tokens, memory, index }: Segment) {
  const first = model.initState(tokens.shape[0]);
  const start: RecurrentMemoryState = { ...first, segments: index, ...(memory && { memory }) };
  const { logits, state } = model.step(tokens, start);
  return { logits, written: model.endSegment(state).memory };
}

/** Loss and gradients of one segment with respect to the parameters and the memory before it. */
function replay(
  model: RecurrentMemoryModel,
  segment: Segment,
  trained: readonly (readonly [string, Parameter])[],
  lossOf: (logits: Tensor3D) => Scalar,
  byWritten: Tensor | undefined,
) {
  const held = segment.memory && (variable(segment.memory) as Variable);
  const variables = [...trained.map(([, parameter]) => parameter.value), ...(held ? [held] : [])];
  let loss: Scalar | undefined;
  const { value, grads } = variableGrads(
    () =>
      scoped(() => {
        const { logits, written } = readSegment(model, { ...segment, memory: held as Tensor3D | undefined });
        loss = keep(lossOf(logits));
        // The gradient of the written memory enters as the weights of a sum, whose gradient it is.
        return byWritten && written ? (add(loss, sum(mul(written, byWritten))) as Scalar) : clone(loss);
      }),
    variables,
  );
  value.dispose();
  const byMemory = held && grads[held.name];
  const gradients = trained.flatMap(([path, parameter]) => {
    const gradient = grads[parameter.value.name];
    return gradient ? [[path, gradient] as const] : [];
  });
  held?.dispose();
  return { loss: loss!, byMemory, gradients };
}

function accumulate(total: Map<string, Tensor>, path: string, gradient: Tensor): void {
  const before = total.get(path);
  total.set(path, before ? add(before, gradient) : gradient);
  if (before) dispose([before, gradient]);
}
