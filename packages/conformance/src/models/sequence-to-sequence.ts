import { type Observe, scoped } from '@sequitur/core';
import { weightRules } from '@sequitur/pretrained';
import type { SequenceToSequence } from '@sequitur/transformer';
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { matrix } from './causal-under-test.js';
import { compareDecoderCache } from './decoder-cache.js';
import type { Labels, ModelInputs, ModelUnderTest, Outputs, Rows } from './model-under-test.js';
import { stackOutputName } from './stack-output-name.js';

/** An encoder-decoder model (T5, BART, Marian and others). */
export function encoderDecoderUnderTest(model: SequenceToSequence): ModelUnderTest {
  return {
    model,
    rules: weightRules(model),
    forward: (inputs, labels, observing) => forward(model, inputs, labels, observing),
    startGeneration: (inputs) => {
      const source = matrix(inputs.input_ids);
      const attentionMask = inputs.attention_mask && matrix(inputs.attention_mask);
      const conditioned = model.conditionedOn(source, { attentionMask });
      source.dispose();
      attentionMask?.dispose();
      const prompts = inputs.decoder_input_ids ?? inputs.input_ids.map(() => [model.startToken]);
      return { model: conditioned, prompts, dispose: () => conditioned.dispose() };
    },
    compareMore: (inputs, expected) => compareDecoderCache(model, inputs, expected),
  };
}

function forward(
  model: SequenceToSequence,
  inputs: ModelInputs,
  labels: Labels | undefined,
  observing: boolean,
): Outputs {
  const observed: Record<string, Tensor> = {};
  const observe: Observe = (name, tensor) => {
    const output = outputName(model, name);
    if (output) observed[output] = keep(tensor.clone());
  };
  const wanted = labels?.labels as Rows | undefined;
  const read = { source: inputs.input_ids, attentionMask: inputs.attention_mask };
  const outputs = scoped((): Outputs => {
    const target = inputs.decoder_input_ids ?? model.shifted(wanted ?? inputs.input_ids);
    const written = { ...read, target, targetVisible: inputs.decoder_attention_mask };
    const logits = model.apply(written, observing ? { observe } : {});
    return wanted ? { logits, loss: model.loss({ ...read, labels: wanted }) } : { logits };
  });
  const last = observed[`encoder_hidden_states.${model.encoder.stack.blocks.length}`];
  return { ...observed, ...outputs, ...(last && { encoder_last_hidden_state: keep(last.clone()) }) };
}

/** Post-norm stacks have no norm after the last block, so its output is the last hidden state. */
export function outputName(model: Pick<SequenceToSequence, 'encoder' | 'decoder'>, observed: string): string | null {
  const [, side, name] = /^(encoder|decoder)\.(.+)$/.exec(observed) ?? [];
  if (!side || !name) return null;
  const [, cross] = /^blocks\.(\d+)\.cross\.weights$/.exec(name) ?? [];
  if (cross !== undefined) return `cross_attentions.${cross}`;
  const isEncoder = side === 'encoder';
  const depth = (isEncoder ? model.encoder.stack.blocks : model.decoder.blocks).length;
  const norm = isEncoder ? model.encoder.stack.norm : model.decoder.norm;
  const output = stackOutputName(name, norm ? depth : depth + 1);
  return output && `${side}_${output}`;
}
