import type { Module } from '@sequitur/core';
import {
  type AttributePart,
  attributeTable,
  type Family,
  linearRules,
  rule,
  sameRules,
  type TiedTensor,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import type { BertConfig } from '../config.js';
import type { BertEncoder } from '../encoder.js';
import type { HeadStyle } from '../heads/head.js';

/** The parts of a model besides its head, and how its head is built. */
export interface EncoderParts {
  readonly encoder: BertEncoder;
  readonly headStyle: HeadStyle;
  /** Parameters that checkpoints of this head's class store but the class does not use. */
  readonly unused?: Module | null;
  /** A batch with the defaults of this head's class: global tokens, token types. */
  completed?(batch: TextBatch): TextBatch;
}

/** A family of encoder-only models. */
export type EncoderFamily<Config extends BertConfig = BertConfig> = Family<Config, EncoderParts>;

/** Suffixes of the names of Python's classes, by the kind of head. */
const CLASSES = {
  none: 'Model',
  pooled: 'Model',
  preTraining: 'ForPreTraining',
  replacedTokens: 'ForPreTraining',
  maskedLanguage: 'ForMaskedLM',
  nextSentence: 'ForNextSentencePrediction',
  sequenceClassification: 'ForSequenceClassification',
  tokenClassification: 'ForTokenClassification',
  questionAnswering: 'ForQuestionAnswering',
  multipleChoice: 'ForMultipleChoice',
} as const;

/** The tensors of a head, given the prefix of the base model's. */
export type HeadRules = (prefix: string) => readonly WeightRule[];

/** The tensors of each kind of head that a family has. */
export type Heads = { readonly [Kind in keyof typeof CLASSES]?: HeadRules };

export interface EncoderFamilyOptions<Config extends BertConfig>
  extends Pick<EncoderFamily<Config>, 'modelType' | 'prefix' | 'aliases' | 'build' | 'presentName' | 'storedBuffers'> {
  /** Prefix of the names of Python's classes. */
  readonly name: string;
  readonly presets: Readonly<Record<string, Config>>;
  readonly attributes: readonly AttributePart<Config>[];
  /** The tensors of the base model. */
  rules(prefix: string, config: Config): readonly WeightRule[];
  readonly heads: Heads;
  /** The masked language head, whose output projection is tied to the table of tokens. */
  readonly masked: MaskedNames;
  /** The table of tokens, below the prefix; default BERT's. */
  readonly table?: string;
  /** Tensors that some classes leave in checkpoints of others. */
  ignored?(prefix: string): readonly string[];
}

/** A family of encoder-only models; classes and ties are common to all. */
export function encoderFamily<Config extends BertConfig>(
  options: EncoderFamilyOptions<Config>,
): EncoderFamily<Config> & Required<Pick<EncoderFamily<Config>, 'headRules'>> {
  const { modelType, name, prefix, presets, heads, masked, table = 'embeddings.word_embeddings', ignored } = options;
  const attributes = attributeTable<Config>(...options.attributes);
  const kinds = Object.keys(heads) as (keyof typeof CLASSES)[];
  return {
    modelType,
    classes: Object.fromEntries(kinds.map((kind) => [name + CLASSES[kind], kind])),
    prefix,
    presets,
    aliases: options.aliases ?? {},
    readConfig: (json) => attributes.read(json),
    writeConfig: (config) => attributes.write(config),
    build: (config, headKind) => options.build(config, headKind),
    rules: (config, stackPrefix) => options.rules(stackPrefix, config),
    headRules: (kind, _config, stackPrefix) => heads[kind as keyof Heads]?.(stackPrefix) ?? [],
    ignoredTensors: (_config, stackPrefix) => ignored?.(stackPrefix) ?? [],
    tiedTensors: ({ tied = true }, stackPrefix) => [
      ...secondBias(masked),
      ...(tied ? [{ tensor: `${masked.decoder}.weight`, to: `${stackPrefix}${table}.weight`, untied: UNTIED }] : []),
    ],
    ...(options.presentName && { presentName: options.presentName }),
    ...(options.storedBuffers && { storedBuffers: options.storedBuffers }),
  };
}

const UNTIED = { tied: false };

/** Where the bias is stored apart from the output projection, the projection has it again. */
function secondBias({ decoder, bias }: MaskedNames): TiedTensor[] {
  return bias === `${decoder}.bias` ? [] : [{ tensor: `${decoder}.bias`, to: bias }];
}

/** The names of a masked language head. */
export interface MaskedNames {
  readonly dense: string;
  readonly norm: string;
  readonly decoder: string;
  readonly bias: string;
}

/** The tensors of a masked language head. */
export function maskedRules({ dense, norm, decoder, bias }: MaskedNames, path = 'head'): WeightRule[] {
  return [
    ...linearRules(dense, `${path}.dense`),
    ...sameRules(norm, `${path}.norm`),
    rule(`${decoder}.weight`, `${path}.decoder.weight`, transposed),
    rule(bias, `${path}.bias`),
  ];
}

/** A head's output projection, under the name that most classes give it. */
export const classifier: HeadRules = () => linearRules('classifier', 'head.output');

/** The output projection of answers. */
export const answers: HeadRules = () => linearRules('qa_outputs', 'head.output');

/** A dense layer before the output projection, both below `classifier`. */
export const denseClassifier: HeadRules = () =>
  linearRules('classifier', 'head', { dense: 'pooler.dense', out_proj: 'output' });
