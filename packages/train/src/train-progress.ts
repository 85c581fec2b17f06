/** The progress of a training step. */
export interface TrainProgress {
  /** The step, counted from 1. */
  readonly step: number;
  /** Mean loss of the step's batches before the update; for the next-token loss in nats. */
  readonly loss: number;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Speed of this step in tokens per second, by `tokensOf`. */
  readonly tokensPerSecond: number;
  /** Present where an evaluation followed this step. */
  readonly validationLoss?: number;
  /** The checkpoint that was saved after this step. */
  readonly checkpoint?: string;
}
