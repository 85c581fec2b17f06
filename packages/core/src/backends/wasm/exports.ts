/** A byte offset into tfjs's memory; 0 stands for "not given". */
export type Offset = number;

/** The exports of the AssemblyScript in `assembly/`; each function is described there. */
export interface WasmKernels {
  activationBackward(kind: number, n: number, x: Offset, dy: Offset, dx: Offset): void;
  activationForward(kind: number, n: number, x: Offset, y: Offset): void;
  adamWInPlace(
    n: number,
    parameter: Offset,
    gradient: Offset,
    firstMoment: Offset,
    secondMoment: Offset,
    scale: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    decay: number,
    stepSize: number,
    inverseRootCorrection2: number,
  ): void;
  add(n: number, a: Offset, b: Offset, c: Offset): void;
  columnSums(rows: number, columns: number, rowStep: number, x: Offset, sums: Offset): void;
  dropout(first: number, n: number, seed: number, threshold: number, scale: number, x: Offset, y: Offset): void;
  embedBackward(
    count: number,
    vocabulary: number,
    width: number,
    ids: Offset,
    dy: Offset,
    padding: number,
    dtable: Offset,
  ): void;
  embedForward(count: number, vocabulary: number, width: number, ids: Offset, table: Offset, y: Offset): void;
  gemmBatch(
    batch: number,
    m: number,
    n: number,
    k: number,
    a: Offset,
    aBatch: number,
    aRow: number,
    aColumn: number,
    b: Offset,
    bBatch: number,
    bRow: number,
    bColumn: number,
    c: Offset,
    cBatch: number,
    cRow: number,
    bias: Offset,
    scratch: Offset,
    thread: number,
  ): void;
  gemmScratchBytes(): number;
  layerNormBackward(
    rows: number,
    width: number,
    x: Offset,
    weight: Offset,
    dy: Offset,
    epsilon: number,
    dx: Offset,
    dweight: Offset,
    dbias: Offset,
    normal: Offset,
  ): void;
  layerNormForward(
    rows: number,
    width: number,
    x: Offset,
    weight: Offset,
    bias: Offset,
    epsilon: number,
    y: Offset,
  ): void;
  readonly linearScanBackward: (...numbers: number[]) => void;
  readonly linearScanForward: (...numbers: number[]) => void;
  quantizedInputs(kind: number, m: number, k: number, padded: number, x: Offset, to: Offset): void;
  readonly quantizedLinear: (...numbers: number[]) => void;
  rmsNormBackward(
    rows: number,
    width: number,
    x: Offset,
    weight: Offset,
    offset: number,
    dy: Offset,
    epsilon: number,
    dx: Offset,
    dweight: Offset,
  ): void;
  rmsNormForward(
    rows: number,
    width: number,
    x: Offset,
    weight: Offset,
    offset: number,
    epsilon: number,
    y: Offset,
  ): void;
  softmaxCrossEntropyBackward(
    rows: number,
    classes: number,
    logits: Offset,
    labels: Offset,
    ignoreLabel: number,
    smoothing: number,
    normalisers: Offset,
    dlosses: Offset,
    dlogits: Offset,
  ): void;
  softmaxCrossEntropyForward(
    rows: number,
    classes: number,
    logits: Offset,
    labels: Offset,
    ignoreLabel: number,
    smoothing: number,
    losses: Offset,
    normalisers: Offset,
  ): void;
  sumOfSquares(n: number, x: Offset): number;
  readonly dequantizeRows: (...numbers: number[]) => void;
}
