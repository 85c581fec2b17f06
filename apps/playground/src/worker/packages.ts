/** All that the worker uses of the packages. Nothing else of the playground imports one, but for types. */
export {
  attentionFlops,
  attentionWeights,
  blockLayout,
  causal,
  FULL,
  InfiniAttention,
  MultiHeadAttention,
  type Pattern,
  sees,
  visiblePairs,
} from '@sequitur/attention';
export {
  type Backend,
  type BackendName,
  bytesIn,
  type CausalModel,
  disposeState,
  hostSoftmax,
  initialize,
  type Module,
  modulesOf,
  type Observe,
  openBackend,
  parameterCount,
  Random,
  replaceState,
  SequiturError,
  type StateTree,
  tensorsIn,
  tokenTensor,
} from '@sequitur/core';
export { generate, generateSequences, type LogitsProcessor, logitsProcessors } from '@sequitur/generation';
export { Gpt, templateOf } from '@sequitur/gpt';
export {
  gatedDeltaNet,
  kimiDelta,
  Mamba,
  Mamba2,
  mamba,
  mamba2,
  mamba3,
  mesa,
  mlstm,
  rgLru,
  rwkv7,
  s4d,
} from '@sequitur/mamba';
export { type FileSink, type FileSource, filesSink, readJsonObject, readText, urlSource } from '@sequitur/pretrained';
export { gru, lstm, minGru } from '@sequitur/recurrent';
export {
  Batches,
  CharacterTokenizer,
  consecutiveWindows,
  randomWindows,
  SubwordTokenizer,
  type Tokenizer,
  trainByteLevelTokenizer,
  Vocabulary,
} from '@sequitur/text';
export {
  adamW,
  CheckpointStore,
  constantRate,
  lion,
  type Optimizer,
  type Schedule,
  sgd,
  type TokenBatch,
  type TrainProgress,
  train,
  warmUpThenConstant,
  warmUpThenCosine,
  warmUpThenLinear,
} from '@sequitur/train';
export {
  attention,
  type Block,
  CausalStack,
  infiniAttention,
  LanguageModel,
  linearAttention,
  type PartFactory,
  transformerXlAttention,
} from '@sequitur/transformer';
