import { type Observe, scoped } from '@sequitur/core';
import { weightRules } from '@sequitur/pretrained';
import type { SequenceEncoder, SequenceToSequenceClassifier } from '@sequitur/transformer';
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { matrix } from './causal-under-test.js';
import type { ModelUnderTest, Rows } from './model-under-test.js';
import { outputName } from './sequence-to-sequence.js';
import { stackOutputName } from './stack-output-name.js';

/** An encoder-decoder with a classification head. */
export function sequenceClassifierUnderTest(model: SequenceToSequenceClassifier): ModelUnderTest {
  return {
    model,
    rules: weightRules(model),
    forward: (inputs, labels, observing) => {
      const observed: Record<string, Tensor> = {};
      const observe: Observe = (name, tensor) => {
        const output = outputName(model, name);
        if (output) observed[output] = keep(tensor.clone());
      };
      const read = { source: inputs.input_ids, attentionMask: inputs.attention_mask };
      const wanted = labels?.labels as readonly number[] | Rows | undefined;
      const logits = model.scores(read, observing ? { observe } : {});
      const last = observed[`encoder_hidden_states.${model.encoder.stack.blocks.length}`];
      return {
        ...observed,
        logits,
        ...(wanted && { loss: model.loss(read, wanted) }),
        ...(last && { encoder_last_hidden_state: keep(last.clone()) }),
      };
    },
  };
}

/** The encoder of an encoder-decoder alone. */
export function sequenceEncoderUnderTest(model: SequenceEncoder): ModelUnderTest {
  return {
    model,
    rules: weightRules(model),
    forward: (inputs, _labels, observing) => {
      const observed: Record<string, Tensor> = {};
      const { blocks, norm } = model.encoder.stack;
      const observe: Observe = (name, tensor) => {
        const output = stackOutputName(name, norm ? blocks.length : blocks.length + 1);
        if (output) observed[output] = keep(tensor.clone());
      };
      const hidden = scoped(() =>
        model.encode(matrix(inputs.input_ids), {
          ...(observing && { observe }),
          ...(inputs.attention_mask && { attentionMask: matrix(inputs.attention_mask) }),
        }),
      );
      return { ...observed, last_hidden_state: hidden };
    },
  };
}
