import {
  type Bert,
  BigBirdMixer,
  DisentangledAttention,
  firstBlocks,
  type HeadOutputs,
  isSparse,
  type LongformerConfig,
  type TextBatch,
} from '@sequitur/bert';
import { modulesOf, type Observe, scoped } from '@sequitur/core';
import { weightRules } from '@sequitur/pretrained';
import { dispose, keep, type Tensor, type Tensor4D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { bigBirdMaps } from '../big-bird-maps.js';
import { compareDrawnBlocks, mixerOf } from './drawn-blocks.js';
import { longformerLayouts } from './longformer-weights.js';
import type { Labels, ModelInputs, ModelUnderTest, Outputs, Rows } from './model-under-test.js';
import { spreadPadding } from './padding-apart.js';
import { stackOutputName } from './stack-output-name.js';

/** BERT and its descendants, with any head. */
export function encoderUnderTest(model: Bert): ModelUnderTest {
  for (const [, part] of modulesOf(model)) if (part instanceof DisentangledAttention) spreadPadding(part);
  const under: ModelUnderTest = {
    model,
    rules: weightRules(model),
    forward: (inputs, labels, observing) => {
      const observed: Record<string, Tensor> = {};
      const asked: Record<string, Tensor> = {};
      const observe: Observe = (name, tensor) => {
        const [, projected] = /\.mixer\.(query|key)$/.exec(name) ?? [];
        if (projected) asked[projected] = keep(tensor.clone());
        const output = stackOutputName(name, model.encoder.stack.blocks.length + 1);
        if (output) Object.assign(observed, layoutsOf(output, tensor, inputs, { model, asked }));
      };
      const outputs = scoped(() => {
        const found = model.apply(batchOf(inputs, model), observing ? { observe } : {});
        const wanted = labels && labelsOf(model.headKind, labels, inputs);
        const loss = wanted === undefined ? {} : { loss: model.head.loss(found, wanted) };
        return { ...nameOutputs(model, found), ...loss };
      });
      return { ...observed, ...outputs };
    },
    compareMore: (inputs, expected) => compareDrawnBlocks(model, under, inputs, expected),
  };
  return under;
}

interface Observed {
  readonly model: Bert;
  /** Observed queries and keys by attention map; removed from here and disposed. */
  readonly asked: Record<string, Tensor>;
}

/** Observed tensors under the output names of the Hugging Face class. The caller disposes them. */
function layoutsOf(
  output: string,
  tensor: Tensor,
  inputs: ModelInputs,
  { model, asked }: Observed,
): Record<string, Tensor> {
  const [, layer] = /^attentions\.(\d+)$/.exec(output) ?? [];
  const { windows } = model.config as Partial<LongformerConfig>;
  if (layer === undefined) return { [output]: keep(tensor.clone()) };
  const mixer = mixerOf(model, Number(layer));
  if (mixer instanceof BigBirdMixer) {
    const found = isSparse(tensor.shape[2]!, mixer) ? sparseMaps(mixer, inputs, asked) : tensor.clone();
    dispose(asked);
    return { [output]: keep(found) };
  }
  if (!windows) return { [output]: keep(tensor.clone()) };
  const shape = { window: windows[Number(layer)]!, multiple: Math.max(...windows) };
  const { attentions, globalAttentions } = longformerLayouts(tensor as Tensor4D, inputs, shape);
  keep(attentions);
  return { [output]: attentions, ...(globalAttentions && { [`global_attentions.${layer}`]: keep(globalAttentions) }) };
}

function sparseMaps(
  mixer: BigBirdMixer,
  { attention_mask: mask, input_ids: ids }: ModelInputs,
  asked: Observed['asked'],
) {
  const [query, key] = [asked.query as Tensor4D, asked.key as Tensor4D];
  const [batch, length] = query.shape;
  const { blockSize, randomBlocks, scale } = mixer;
  const random = mixer.chosen ?? firstBlocks(length / blockSize, randomBlocks);
  const rows = ids.map((row, index) =>
    Array.from({ length }, (_, position) => (position < row.length ? (mask?.[index]?.[position] ?? 1) : 0)),
  );
  return tidy(() =>
    bigBirdMaps(query, key, { blockSize, random, scale, attentionMask: tensor2d(rows, [batch, length]) }),
  );
}

function batchOf(inputs: ModelInputs, { config, headKind }: Bert): TextBatch {
  const isChoice = headKind === 'multipleChoice';
  const flat = (rows: Rows | undefined) => (isChoice ? (rows?.flat() as unknown as Rows | undefined) : rows);
  // RoBERTa's position ids start after the padding id; ours start at 0.
  const first = ['roberta', 'xlm-roberta', 'longformer'].includes(config.modelType)
    ? (config.paddingToken ?? 1) + 1
    : 0;
  return {
    tokens: flat(inputs.input_ids)!,
    attentionMask: flat(inputs.attention_mask),
    tokenTypes: flat(inputs.token_type_ids),
    globals: flat(inputs.global_attention_mask),
    positions: flat(inputs.position_ids)?.map((row) => row.map((position) => position - first)),
    ...(isChoice && { choices: inputs.input_ids[0]!.length }),
  };
}

/** The labels of inputs.json in our heads' format; undefined if the class has no loss for them. */
function labelsOf(kind: string, labels: Labels, { attention_mask: mask }: ModelInputs): unknown {
  switch (kind) {
    case 'preTraining':
      return { tokens: labels.labels, nextSentence: labels.next_sentence_label ?? labels.sentence_order_label };
    case 'replacedTokens':
      // Hugging Face's class excludes padding by the mask.
      return (labels.labels as Rows).map((row, i) => row.map((label, j) => (mask?.[i]?.[j] === 0 ? -100 : label)));
    case 'questionAnswering':
      return { start: labels.start_positions, end: labels.end_positions };
    case 'nextSentence':
      return labels.labels ?? labels.next_sentence_label;
    default:
      return labels.labels;
  }
}

/** Our output names -> those of the Hugging Face class. */
const OUTPUT_NAMES: Readonly<Record<string, string>> = {
  hidden: 'last_hidden_state',
  pooled: 'pooler_output',
  start: 'start_logits',
  end: 'end_logits',
};

function nameOutputs({ headKind: kind, config }: Bert, outputs: HeadOutputs): Outputs {
  const pair = config.modelType === 'albert' ? 'sop_logits' : 'seq_relationship_logits';
  const names: Readonly<Record<string, string>> =
    kind === 'preTraining'
      ? { logits: 'prediction_logits', nextSentence: pair }
      : { ...OUTPUT_NAMES, nextSentence: 'logits' };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [names[name] ?? name, tensor]));
}
