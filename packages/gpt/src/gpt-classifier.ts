import {
  checkArgument,
  checkOptions,
  disposeState,
  embed,
  Linear,
  type LossContext,
  type MixContext,
  option,
  optionsOf,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import {
  type CheckpointLocation,
  type ClassificationProblem,
  labelsOf,
  loadPretrained,
  loadRules,
  type ModelContext,
} from '@sequitur/pretrained';
import { missingTokenizer, openTokenizer, type Tokenizer } from '@sequitur/text';
import {
  type CausalFamily,
  classificationLoss,
  classificationShares,
  PretrainedStack,
  problemOf,
} from '@sequitur/transformer';
import { reshape, type Scalar, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { LoadGptOptions } from './gpt.js';
import { type GptConfig, gptFamilies } from './models/index.js';

type Rows = readonly (readonly number[])[];

export interface GptClassifierOptions<Config extends GptConfig = GptConfig>
  extends Omit<ModelContext<Tokenizer>, 'headKind'> {
  readonly family: CausalFamily<Config>;
}

const HEAD = 'sequenceClassification';

export interface LoadGptClassifierOptions extends LoadGptOptions {
  /** Class names; default those of the checkpoint. With other names the head is initialised. */
  readonly labels?: readonly string[];
}

const loadOptions = optionsOf<LoadGptClassifierOptions>({
  ...loadRules,
  labels: option.optional(option.listOf(option.text)),
});

export interface Classified {
  readonly label: string;
  /** The probability of the label; in a regression the value. */
  readonly score: number;
}

/** A decoder-only model with a classification head on the last token (Radford et al. 2018, section 3.2). */
export class GptClassifier<Config extends GptConfig = GptConfig> extends PretrainedStack<Config> {
  static readonly families = gptFamilies;
  static readonly heads = [HEAD];
  readonly score: Linear; // [width of the last hidden state, labels]

  /** A model without parameter values: `fromPretrained` loads them. */
  constructor(config: NoInfer<Config>, { family, ...context }: GptClassifierOptions<Config>) {
    super(config, family, { ...context, headKind: HEAD });
    this.score = new Linear(this.embedding.tokens.weight.shape[1]!, this.labels.length, { bias: false });
  }

  /** Loads a pretrained classifier, or another class of the family with a new head. The caller disposes it. */
  static async fromPretrained(
    location: CheckpointLocation,
    given: LoadGptClassifierOptions = {},
  ): Promise<GptClassifier> {
    const { labels, ...options } = checkOptions('GptClassifier.fromPretrained', loadOptions, given);
    return loadPretrained(location, options, {
      families: GptClassifier.families,
      head: { kind: HEAD, ...(labels && { settings: { labels } }) },
      openTokenizer,
      create: ({ config, ...context }) => new GptClassifier(config, context),
    });
  }

  get labels(): readonly string[] {
    return labelsOf(this.config);
  }

  /** The kind of problem: as in the config, else single-label, or regression for a single label. */
  get problem(): ClassificationProblem {
    return problemOf(this.config);
  }

  /**
   * Logits of each sequence: [sequences, labels], which the caller disposes. Sequences may differ in length.
   *
   * @param texts token ids of each sequence, at least one
   */
  scores(texts: Rows, context: MixContext = {}): Tensor2D {
    checkArgument('GptClassifier.scores, texts', option.listOf(option.listOf(option.countOrNone)), texts);
    const length = Math.max(...texts.map((row) => row.length));
    const padding = this.config.paddingToken ?? 0;
    const padded = texts.map((row) => [...row, ...new Array<number>(length - row.length).fill(padding)]);
    return scoped(() => {
      const tokens = tokenTensor(padded, this.vocabularySize);
      const { hidden, state } = this.read(tokens, this.initState(texts.length), context);
      disposeState(state);
      // Right padding does not affect the last token.
      const last = texts.map((row, text) => text * length + row.length - 1);
      const rows = reshape(hidden, [-1, hidden.shape[2]]) as Tensor2D;
      return this.score.apply(embed(rows, tensor1d(last, 'int32')) as Tensor2D);
    });
  }

  /**
   * The loss of sequences with labels: classes, rows of 0 and 1, or values, by `problem`. Without a problem in the
   * config, rows of several values are multi-label.
   */
  loss(
    texts: Rows,
    labels: readonly number[] | Rows,
    { labelCounts, ...context }: MixContext & LossContext = {},
  ): Scalar {
    const problem = problemOf(this.config, labels);
    const options = { problem, labelCount: labelCounts?.[0], where: 'GptClassifier.loss' };
    return scoped(() => classificationLoss(this.scores(texts, context), labels, options));
  }

  /** The labels of each text, best first; in a regression the value. */
  async classify(texts: readonly string[]): Promise<readonly (readonly Classified[])[]> {
    checkArgument('GptClassifier.classify, texts', option.listOf(option.text), texts);
    const tokenizer = this.tokenizer ?? missingTokenizer('GptClassifier.classify');
    const shares = scoped(() =>
      classificationShares(this.scores(texts.map((text) => tokenizer.tokenize(text).ids)), this.problem),
    );
    const values = (await shares.data()) as Float32Array;
    shares.dispose();
    const count = this.labels.length;
    return texts.map((_, text) => {
      const own = this.labels.map((label, i) => ({ label, score: values[text * count + i]! }));
      return own.sort((a, b) => b.score - a.score);
    });
  }
}
