import * as v from 'valibot';

/** How a point of a sweep ended. */
const outcome = v.picklist(['measured', 'out-of-memory', 'timed-out', 'failed']);

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

const settings = v.object({
  architectures: v.array(v.string()),
  backend: v.picklist(['cpu', 'wasm', 'webgpu']),
  modes: v.array(v.picklist(['train', 'prefill', 'decode', 'encode'])),
  lengths: v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
  rounds: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Seconds that one run may take. */
  timeLimit: count,
  width: count,
  depth: count,
  heads: count,
  vocabularySize: count,
  matchedBy: v.picklist(['parameters', 'flops']),
  clock: v.picklist(['wall', 'processor']),
  /** Of WebAssembly. Results from before there were threads do not say it: they had one. */
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
});

/** The first line of a file: what was asked, of which machine. */
const sweepRecord = v.object({
  type: v.literal('sweep'),
  version: v.literal(2),
  command: v.string(),
  started: v.string(),
  machine: v.object({ processor: v.string(), cores: count, node: v.string() }),
  settings,
});

/** How fast the machine multiplies in a register tile, measured beside the points of one length. */
const peakRecord = v.object({ type: v.literal('peak'), length: count, flopsPerSecond: count });

/** An architecture in the size that it takes part with. */
const architectureRecord = v.object({
  type: v.literal('architecture'),
  architecture: v.string(),
  family: v.string(),
  parameters: count,
  /** What was turned to match the others. */
  knob: v.string(),
});

/** What an architecture learnt in a moment of training. */
const trainedRecord = v.object({
  type: v.literal('trained'),
  architecture: v.string(),
  /** What it was asked to tell: losses of different tasks do not compare. */
  task: v.picklist(['next character', 'masked characters']),
  steps: count,
  seconds: count,
  tokensPerSecond: count,
  /** Nats per character of text not trained on. */
  loss: v.number(),
});

const pointRecord = v.object({
  type: v.literal('point'),
  architecture: v.string(),
  mode: v.picklist(['train', 'prefill', 'decode', 'encode']),
  length: v.pipe(v.number(), v.integer(), v.minValue(1)),
  outcome,
  detail: v.optional(v.string()),
  /** Milliseconds per run, one for each round. */
  times: v.array(count),
  /** Milliseconds of them within attention kernels, where a model has some and they can be told apart. */
  attentionTimes: v.optional(v.array(count)),
  /** Tokens read in a run. */
  tokens: count,
  /** Bytes of tensors above those that were there before a run, at their most. */
  peakBytes: v.optional(count),
  /** Bytes of the state after `length` tokens, as found and as the architecture declares them. */
  stateBytes: v.optional(count),
  declaredStateBytes: v.optional(count),
  /** Operations of one run, counted from what ran and as the model declares them. */
  flops: v.optional(count),
  declaredFlops: v.optional(count),
});

/** One line of a results file. */
export const recordSchema = v.variant('type', [
  sweepRecord,
  peakRecord,
  architectureRecord,
  trainedRecord,
  pointRecord,
]);

export type SweepRecord = v.InferOutput<typeof sweepRecord>;
export type SweepSettings = v.InferOutput<typeof settings>;
export type PointRecord = v.InferOutput<typeof pointRecord>;
export type PeakRecord = v.InferOutput<typeof peakRecord>;
export type TrainedRecord = v.InferOutput<typeof trainedRecord>;
export type ArchitectureRecord = v.InferOutput<typeof architectureRecord>;
export type ResultRecord = v.InferOutput<typeof recordSchema>;
export type Mode = PointRecord['mode'];

/** A point that is about to be tried or run again: what a process that ends then has ended of. */
export interface Attempt {
  readonly architecture: string;
  readonly mode: Mode;
  readonly length: number;
}
