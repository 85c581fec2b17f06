import {
  Bert,
  type EncoderFamily,
  families,
  familyOfConfig,
  type HeadOutputs,
  rulesOf,
  type TextBatch,
} from '@sequitur/bert';
import { type Observe, scoped } from '@sequitur/core';
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import type { Labels, ModelFamily, ModelInputs, ModelUnderTest, Outputs, Rows } from './model-under-test.js';
import { stackOutputName } from './stack-output-name.js';

/** BERT and its descendants, one for each `model_type`. */
export const encoderFamilies: readonly ModelFamily[] = families.map((family) => ({
  modelType: family.modelType,
  open: async (json, architectures, checkpoint) => {
    const [architecture] = architectures;
    if (architecture !== undefined && !Object.hasOwn(family.heads, architecture)) return null;
    const found = familyOfConfig(json, [family]);
    const model = await Bert.load({ ...found, checkpoint });
    return encoderUnderTest(model, family);
  },
}));

function encoderUnderTest(model: Bert, family: EncoderFamily): ModelUnderTest {
  return {
    model,
    rules: rulesOf(family, model.config, model.headKind),
    forward: (inputs, labels, observing) => {
      const observed: Record<string, Tensor> = {};
      const observe: Observe = (name, tensor) => {
        const output = stackOutputName(name, model.config.depth + 1);
        if (output) observed[output] = keep(tensor.clone());
      };
      const outputs = scoped(() => {
        const found = model.apply(batchOf(inputs, model), observing ? { observe } : {});
        const wanted = labels && labelsOf(model.headKind, labels);
        const loss = wanted === undefined ? {} : { loss: model.head.loss(found, wanted) };
        return { ...nameOutputs(model.headKind, found), ...loss };
      });
      return { ...observed, ...outputs };
    },
  };
}

function batchOf(inputs: ModelInputs, { config, headKind }: Bert): TextBatch {
  const isChoice = headKind === 'multipleChoice';
  const flat = (rows: Rows | undefined) => (isChoice ? (rows?.flat() as unknown as Rows | undefined) : rows);
  // RoBERTa's position ids count from behind the padding id; ours from 0.
  const first = config.modelType === 'roberta' ? (config.paddingToken ?? 1) + 1 : 0;
  return {
    tokens: flat(inputs.input_ids)!,
    visible: flat(inputs.attention_mask),
    segments: flat(inputs.token_type_ids),
    positions: flat(inputs.position_ids)?.map((row) => row.map((position) => position - first)),
    ...(isChoice && { choices: inputs.input_ids[0]!.length }),
  };
}

/** The labels of inputs.json as our heads take them; undefined where the class has no loss of them. */
function labelsOf(kind: string, labels: Labels): unknown {
  switch (kind) {
    case 'preTraining':
      return { tokens: labels.labels, nextSentence: labels.next_sentence_label };
    case 'questionAnswering':
      return { start: labels.start_positions, end: labels.end_positions };
    case 'nextSentence':
      return labels.labels ?? labels.next_sentence_label;
    default:
      return labels.labels;
  }
}

/** Our names of outputs -> those of the Hugging Face class. */
const OUTPUT_NAMES: Readonly<Record<string, string>> = {
  hidden: 'last_hidden_state',
  pooled: 'pooler_output',
  start: 'start_logits',
  end: 'end_logits',
};

function nameOutputs(kind: string, outputs: HeadOutputs): Outputs {
  const names: Readonly<Record<string, string>> =
    kind === 'preTraining'
      ? { logits: 'prediction_logits', nextSentence: 'seq_relationship_logits' }
      : { ...OUTPUT_NAMES, nextSentence: 'logits' };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [names[name] ?? name, tensor]));
}
