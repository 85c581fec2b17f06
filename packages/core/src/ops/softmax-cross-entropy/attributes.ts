export interface SoftmaxCrossEntropyAttributes {
  readonly ignoreLabel: number;
  readonly labelSmoothing: number;
}
