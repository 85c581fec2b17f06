import {
  type Context,
  checkOptions,
  type Encoder,
  initialize,
  type LossContext,
  Module,
  option,
  optionsOf,
  SequiturError,
  scoped,
} from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  checkConfig,
  type FileSink,
  isBare,
  type LoadPretrainedOptions,
  loadPretrained,
  loadRules,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { positionsOf, type TextBatch, tensorsOf } from './batch.js';
import type { BertConfig } from './config.js';
import type { BertContext, BertEncoder } from './encoder.js';
import type { Head, HeadContext, HeadPart } from './heads/head.js';
import { headOfKind } from './heads/head-of-kind.js';
import { bertFamilies, type EncoderFamily, type EncoderParts } from './models/index.js';

export interface CreateBertOptions<H extends Head> {
  /** The head; default that of the base class: the pooled first token, where it has a pooler. */
  readonly head?: HeadPart<H>;
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
  /** The families to choose from by `modelType`; default all of this package. */
  readonly families?: readonly EncoderFamily[];
}

export interface LoadBertOptions<H extends Head> extends LoadPretrainedOptions<EncoderFamily, Tokenizer> {
  /** The head; default the one that the config names. */
  readonly head?: HeadPart<H>;
}

const headRule = option.optional(option.having('a head, such as maskedLanguageHead()', 'build'));
const createOptions = optionsOf<CreateBertOptions<Head>>({
  head: headRule,
  seed: option.optional(option.seed),
  tokenizer: option.optional(option.anything),
  families: option.optional(option.iterable),
});
const loadOptions = optionsOf<LoadBertOptions<Head>>({ ...loadRules, head: headRule });

/** The outputs of a head. */
export type OutputsOf<H extends Head> = ReturnType<H['apply']>;
/** The labels of a head. */
export type LabelsOf<H extends Head> = Parameters<H['loss']>[1];

/** An encoder with a head: BERT, RoBERTa, DistilBERT, each with every head that its Hugging Face classes have. */
export class Bert<H extends Head = Head> extends Module implements Encoder, PretrainedModel {
  /** The default families of `fromPretrained` and `create`. */
  static readonly families = bertFamilies;
  readonly encoder: BertEncoder;
  readonly head: H;
  /** Parameters that checkpoints of this class store but the class does not use. */
  readonly unused: Module | null;
  readonly config: BertConfig;
  readonly family: EncoderFamily;
  readonly headKind: string;
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;
  readonly #completed: EncoderParts['completed'];

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: BertConfig,
    family: EncoderFamily,
    head: HeadPart<H>,
    { tokenizer = null, metadata = {} }: ModelContext<Tokenizer> = {},
  ) {
    super();
    this.config = { ...config, ...head.settings };
    this.family = family;
    this.headKind = head.kind;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
    const { encoder, headStyle, unused = null, completed } = family.build(this.config, head.kind);
    this.encoder = encoder;
    this.head = head.build(this.config, headStyle);
    this.unused = unused;
    this.#completed = completed;
  }

  get vocabularySize(): number {
    return this.encoder.vocabularySize;
  }

  get contextLength(): number {
    return this.encoder.contextLength;
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create<H extends Head = Head>(config: BertConfig, options: CreateBertOptions<H> = {}): Bert<H> {
    checkConfig('Bert.create', config);
    checkOptions('Bert.create', createOptions, options as CreateBertOptions<Head>);
    const { seed = 0, tokenizer = null, families = Bert.families } = options;
    const family = familyOf(config.modelType, families);
    const { head = baseHead(family) as HeadPart<H> } = options;
    return initialize(new Bert(config, family, head, { tokenizer }), seed);
  }

  /**
   * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository, with the head
   * that its configuration names. With another `head` the encoder is loaded, and of the head what the checkpoint has of
   * it; the rest is drawn from `seed`, to be trained. The caller disposes the model.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static async fromPretrained<H extends Head = Head>(
    location: CheckpointLocation,
    given: LoadBertOptions<H> = {},
  ): Promise<Bert<H>> {
    checkOptions('Bert.fromPretrained', loadOptions, given as object as LoadBertOptions<Head>);
    const { head, ...options } = given;
    return loadPretrained(location, options, {
      families: Bert.families,
      openTokenizer,
      head,
      create: ({ config, family, headKind, ...context }) => {
        const part = head && head.kind === headKind ? head : (headOfKind(headKind) as HeadPart as HeadPart<H>);
        return new Bert(config, family, part, context);
      },
    });
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }

  encode(tokens: Tensor2D, context: BertContext = {}): Tensor3D {
    return this.encoder.encode(tokens, context);
  }

  /** The outputs of the head; the caller disposes them. With `context.random`, in training mode. */
  apply(batch: TextBatch, context: Context = {}): OutputsOf<H> {
    return scoped(() => {
      const { hidden, seen } = this.#read(batch, context);
      return this.head.apply(hidden, seen) as OutputsOf<H>;
    });
  }

  /** The loss of the head, a differentiable scalar that the caller disposes. */
  loss(batch: TextBatch, labels: LabelsOf<H>, context: LossContext = {}): Scalar {
    return scoped(() => {
      const { head } = this;
      const { hidden, seen } = this.#read(batch, context);
      return head.lossOf
        ? head.lossOf(hidden, labels, seen)
        : head.loss(head.apply(hidden, seen), labels, context.labelCounts);
    });
  }

  /** The encoded batch, and the context of the head. */
  #read(batch: TextBatch, context: LossContext): { readonly hidden: Tensor3D; readonly seen: HeadContext } {
    const completed = this.#completed?.(batch) ?? batch;
    const { tokens, context: given, question } = tensorsOf(completed, this.vocabularySize);
    const { globals, choices } = completed;
    const seeing = globals && positionsOf(globals, completed.attentionMask);
    const hidden = this.encoder.encode(tokens, { ...context, ...given, globals: seeing });
    return {
      hidden,
      seen: {
        ...context,
        attentionMask: given.attentionMask,
        tokens: this.encoder.embedding.tokens,
        choices,
        question,
      },
    };
  }
}

/** The head of the base class. */
function baseHead({ classes }: EncoderFamily): HeadPart {
  return headOfKind(Object.values(classes).find(isBare) ?? 'none');
}

function familyOf(modelType: string, families: readonly EncoderFamily[]): EncoderFamily {
  const found = families.find((family) => family.modelType === modelType);
  if (found) return found;
  throw new SequiturError({
    where: 'Bert.create, modelType',
    expected: `one of ${families.map((family) => family.modelType).join(', ')}`,
    got: modelType,
  });
}
