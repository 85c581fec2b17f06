import {
  type Context,
  disposeState,
  dropout,
  embed,
  initialize,
  Linear,
  type LossContext,
  Module,
  normal,
  SequiturError,
  scoped,
  tokenTensor,
  within,
} from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  type ClassificationProblem,
  type FileSink,
  type LabelConfig,
  labelsOf,
  loadPretrained,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import {
  expandDims,
  reshape,
  type Scalar,
  squeeze,
  type Tensor2D,
  type Tensor3D,
  tanh,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { type ClassificationLabels, classificationLoss, problemOf } from './classifier/classification.js';
import { sequenceToSequenceFamilies } from './models/index.js';
import { ConditionedDecoder } from './sequence-to-sequence/conditioned-decoder.js';
import type { TranslationBatch } from './sequence-to-sequence/encoder-decoder.js';
import type { EncoderDecoderFamily, SequenceToSequenceConfig } from './sequence-to-sequence/family.js';
import type { SourceEncoder, TargetDecoder } from './sequence-to-sequence/sides.js';
import type { LoadSequenceToSequenceOptions } from './sequence-to-sequence-model.js';

const HEAD = 'sequenceClassification';

interface ClassifierConfig extends SequenceToSequenceConfig, LabelConfig {
  readonly width: number;
  readonly classifierDropout?: number;
  readonly initializerRange?: number;
}

export interface LoadSequenceClassifierOptions extends LoadSequenceToSequenceOptions {
  /** Class names; default those of the checkpoint. With other names the head is initialised. */
  readonly labels?: readonly string[];
}

/** A dense layer and the output projection. */
class ClassificationLayers extends Module {
  readonly dense: Linear; // [width, width]
  readonly output: Linear; // [width, labels]

  constructor({ width, initializerRange = 0.02, ...config }: ClassifierConfig) {
    super();
    const drawn = { initializer: normal(initializerRange) };
    this.dense = new Linear(width, width, drawn);
    this.output = new Linear(width, labelsOf(config).length, drawn);
  }
}

/**
 * A classifier of an encoder-decoder (Lewis et al. 2020, section 3.1): encoder and decoder read the same sequence, and the
 * decoder's state at the last end token is classified. So are zero-shot classifiers such as bart-large-mnli.
 */
export class SequenceToSequenceClassifier extends Module implements PretrainedModel {
  /** The default families of `fromPretrained`. */
  static readonly families = sequenceToSequenceFamilies.filter(({ classes }) => Object.values(classes).includes(HEAD));
  static readonly heads = [HEAD];
  readonly encoder: SourceEncoder;
  readonly decoder: TargetDecoder;
  readonly head: ClassificationLayers;
  readonly config: ClassifierConfig;
  readonly family: EncoderDecoderFamily;
  readonly headKind = HEAD;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: ClassifierConfig,
    family: EncoderDecoderFamily,
    { tokenizer = null, metadata = {} }: ModelContext<Tokenizer> = {},
  ) {
    super();
    const { encoder, decoder } = family.build(config, HEAD);
    this.encoder = encoder;
    this.decoder = decoder;
    this.head = new ClassificationLayers(config);
    this.config = config;
    this.family = family;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  get labels(): readonly string[] {
    return labelsOf(this.config);
  }

  /** The kind of problem: as in the config, else single-label, or regression for a single label. */
  get problem(): ClassificationProblem {
    return problemOf(this.config);
  }

  /** Creates a classifier with random parameters, to be trained. The caller disposes it. */
  static create<Config extends ClassifierConfig>(
    config: Config,
    family: EncoderDecoderFamily<Config>,
    seed: number | string = 0,
  ): SequenceToSequenceClassifier {
    return initialize(new SequenceToSequenceClassifier(config, family as unknown as EncoderDecoderFamily), seed);
  }

  /** Loads a pretrained classifier, or another class of the family with a new head. The caller disposes it. */
  static fromPretrained(
    location: CheckpointLocation,
    { labels, ...options }: LoadSequenceClassifierOptions = {},
  ): Promise<SequenceToSequenceClassifier> {
    return loadPretrained(location, options, {
      families: SequenceToSequenceClassifier.families,
      head: { kind: HEAD, ...(labels && { settings: { labels } }) },
      openTokenizer,
      create: ({ config, family, ...context }) =>
        new SequenceToSequenceClassifier(config as ClassifierConfig, family, context),
    });
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }

  /**
   * Logits of each sequence: [sequences, labels], which the caller disposes.
   *
   * @throws SequiturError where a sequence has no end token
   */
  scores(
    { source, attentionMask }: Pick<TranslationBatch, 'source' | 'attentionMask'>,
    context: Context = {},
  ): Tensor2D {
    return scoped(() => {
      const hidden = this.#read(source, attentionMask, context);
      const length = hidden.shape[1];
      const last = source.map((row, text) => text * length + this.#lastEnd(row, text));
      const rows = reshape(hidden, [-1, hidden.shape[2]]) as Tensor2D;
      const chosen = expandDims(embed(rows, tensor1d(last, 'int32')), 0) as Tensor3D; // [1, sequences, width]
      const { dense, output } = this.head;
      const rate = this.config.classifierDropout ?? 0;
      const ready = dropout(tanh(dense.apply(dropout(chosen, rate, context.random))), rate, context.random);
      return squeeze(output.apply(ready), [0]) as Tensor2D;
    });
  }

  /** The loss of sequences with labels: classes, rows of 0 and 1, or values, by `problem`. */
  loss(
    batch: Pick<TranslationBatch, 'source' | 'attentionMask'>,
    labels: ClassificationLabels,
    { labelCounts, ...context }: LossContext = {},
  ): Scalar {
    const options = {
      problem: problemOf(this.config, labels),
      labelCount: labelCounts?.[0],
      where: 'SequenceToSequenceClassifier.loss',
    } as const;
    return scoped(() => classificationLoss(this.scores(batch, context), labels, options));
  }

  /** The decoder's states: [sequences, length, width]. */
  #read(source: TranslationBatch['source'], mask: TranslationBatch['attentionMask'], context: Context): Tensor3D {
    const { decoderStartToken: start } = this.config;
    const tokens = tokenTensor(source, this.encoder.embedding.tokens.weight.shape[0]!);
    const shifted = source.map((row) => [start, ...Array.from(row).slice(0, -1)]);
    const attentionMask =
      mask &&
      tensor2d(
        mask.map((row) => Array.from(row)),
        undefined,
        'int32',
      );
    const hidden = this.encoder.apply(tokens, { ...within(context, 'encoder'), attentionMask });
    const vocabularySize = this.decoder.embedding.tokens.weight.shape[0]!;
    const { contextLength } = this.decoder.embedding;
    const model = { decoder: this.decoder, vocabularySize, contextLength, logitsOf: (states: Tensor3D) => states };
    const decoder = new ConditionedDecoder(model, { hidden, attentionMask });
    const { logits: states, state } = decoder.step(
      tokenTensor(shifted, vocabularySize),
      decoder.initState(source.length),
      context,
    );
    disposeState(state);
    return states;
  }

  #lastEnd(row: ArrayLike<number>, text: number): number {
    const ends = [this.config.endToken ?? []].flat();
    const place = Array.from(row).findLastIndex((token) => ends.includes(token));
    if (place >= 0) return place;
    const where = `SequenceToSequenceClassifier, text ${text}`;
    throw new SequiturError({ where, expected: `an end token, ${ends.join(' or ')}`, got: 'none' });
  }
}
