import { causal, full, LatentAttention, MultiHeadAttention, ProjectedAttention } from '@sequitur/attention';
import { type MixContext, type Module, modulesOf, type Observe } from '@sequitur/core';
import type { Gpt, GptClassifier } from '@sequitur/gpt';
import { weightRules } from '@sequitur/pretrained';
import { GatedConvolutionMixer, type GatedConvolutionState } from '@sequitur/ssm';
import { keep, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { causalUnderTest } from './causal-under-test.js';
import { fillHiddenOnce } from './hidden-once.js';
import { compareLatent, hasLatentAttention } from './latent-states.js';
import type { ModelUnderTest, Rows } from './model-under-test.js';
import { keepPaddingApart } from './padding-apart.js';
import { stackOutputName } from './stack-output-name.js';

/** A decoder-only model, with or without its head. */
export function gptUnderTest(model: Gpt): ModelUnderTest {
  const { depth } = model.config;
  addMasksAsPython(model.family.modelType, model);
  const attending = model.blocks.flatMap((block, index) => (hasAttention(block) ? [index] : []));
  return causalUnderTest({
    model,
    rules: weightRules(model),
    outputName: (observed) => stackOutputName(observed, depth, attending),
    balanceCoefficient: (model.config as { readonly balanceCoefficient?: number }).balanceCoefficient,
    ...(model.blocks.some(hasLatentAttention) && {
      compareState: compareLatent(model.blocks, model.family.modelType === 'deepseek_v3'),
    }),
    ...(model.headKind === 'none' && { lastHiddenState: `hidden_states.${depth}` }),
  });
}

function hasAttention(block: Module): boolean {
  return [...modulesOf(block)].some(
    ([, part]) => part instanceof ProjectedAttention || part instanceof LatentAttention,
  );
}

/** GPT-2, GPT-Neo, Bamba and Falcon-H1 mask in Python so that padding queries see other keys. */
function addMasksAsPython(modelType: string, model: Module): void {
  for (const [, part] of modulesOf(model)) if (part instanceof GatedConvolutionMixer) readPadding(part);
  if (modelType === 'bamba' || modelType === 'falcon_h1') {
    for (const [, part] of modulesOf(model)) if (part instanceof MultiHeadAttention) keepPaddingApart(part);
  }
  const within = modelType === 'gpt2' ? full() : modelType === 'gpt_neo' ? causal() : null;
  if (!within) return;
  for (const [, part] of modulesOf(model)) if (part instanceof MultiHeadAttention) fillHiddenOnce(part, within);
}

/** LFM2's convolutions read padding in Python; with padding on the right this affects only the outputs at padding. */
function readPadding(mixer: GatedConvolutionMixer): void {
  class ReadingMixer extends GatedConvolutionMixer {
    override mix(x: Tensor3D, state: GatedConvolutionState, { attentionMask: _, ...context }: MixContext) {
      return super.mix(x, state, context);
    }
  }
  Object.setPrototypeOf(mixer, ReadingMixer.prototype);
}

/** A decoder-only sequence classifier. */
export function classifierUnderTest(model: GptClassifier): ModelUnderTest {
  const { config } = model;
  return {
    model,
    rules: weightRules(model),
    forward: ({ input_ids: ids }, labels, observing) => {
      const { observed, observe } = collecting(config.depth);
      const texts = ids.map((row) => row.slice(0, lengthBefore(row, config.paddingToken)));
      const context = observing ? { observe } : {};
      const wanted = labels?.labels as readonly number[] | Rows | undefined;
      const logits = model.scores(texts, context);
      return { ...observed, logits, ...(wanted && { loss: model.loss(texts, wanted) }) };
    },
  };
}

function collecting(depth: number): { observed: Record<string, Tensor>; observe: Observe } {
  const observed: Record<string, Tensor> = {};
  const observe: Observe = (name, tensor) => {
    const output = stackOutputName(name, depth);
    if (output) observed[output] = keep(tensor.clone());
  };
  return { observed, observe };
}

/** Hugging Face classifies by the token before the first padding token, or by the last token if there is no padding. */
function lengthBefore(row: readonly number[], padding: number | undefined): number {
  const first = padding === undefined ? -1 : row.indexOf(padding);
  return first > 0 ? first : row.length;
}
