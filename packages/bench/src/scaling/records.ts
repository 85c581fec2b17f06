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
  /** Time limit of one run in seconds. */
  timeLimit: count,
  width: count,
  depth: count,
  heads: count,
  vocabularySize: count,
  matchedBy: v.picklist(['parameters', 'flops']),
  clock: v.picklist(['wall', 'processor']),
  /** Threads of WebAssembly. Results of versions without threads lack it and had one. */
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
});

/** The first line of a file: settings and machine. */
const sweepRecord = v.object({
  type: v.literal('sweep'),
  version: v.literal(2),
  command: v.string(),
  started: v.string(),
  machine: v.object({ processor: v.string(), cores: count, node: v.string() }),
  settings,
});

/** The machine's peak in a register tile, measured together with the points of one length. */
const peakRecord = v.object({ type: v.literal('peak'), length: count, flopsPerSecond: count });

/** An architecture and its matched size. */
const architectureRecord = v.object({
  type: v.literal('architecture'),
  architecture: v.string(),
  family: v.string(),
  parameters: count,
  /** Name of the size that was varied to match. */
  knob: v.string(),
});

/** Result of training an architecture for a few seconds. */
const trainedRecord = v.object({
  type: v.literal('trained'),
  architecture: v.string(),
  /** Task: losses of different tasks are not comparable. */
  task: v.picklist(['next character', 'masked characters']),
  steps: count,
  seconds: count,
  tokensPerSecond: count,
  /** Validation loss in nats per character. */
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
  /** Milliseconds of them in attention kernels, if the model has some and the backend is synchronous. */
  attentionTimes: v.optional(v.array(count)),
  /** Number of tokens read in a run. */
  tokens: count,
  /** Peak bytes of tensors during a run, without those that existed before. */
  peakBytes: v.optional(count),
  /** Bytes of the state after `length` tokens, as measured and as declared. */
  stateBytes: v.optional(count),
  declaredStateBytes: v.optional(count),
  /** Operations of one run, as counted and as declared. */
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

/** A point that is about to be tried or run, to report if the process dies. */
export interface Attempt {
  readonly architecture: string;
  readonly mode: Mode;
  readonly length: number;
}
