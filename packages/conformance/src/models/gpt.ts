import { causal, full, MultiHeadAttention } from '@sequitur/attention';
import { type Module, modulesOf, type Observe } from '@sequitur/core';
import {
  fillGpt,
  Gpt,
  GptClassifier,
  type GptConfig,
  type GptFamily,
  gptFamilies,
  readGptConfig,
  rulesOf,
} from '@sequitur/gpt';
import type { Checkpoint, ConfigReader } from '@sequitur/pretrained';
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { causalUnderTest } from './causal-under-test.js';
import type { ModelFamily, ModelUnderTest, Rows } from './model-under-test.js';
import { stackOutputName } from './stack-output-name.js';

/** Every family of decoder-only models. */
export const gptUnderTest: readonly ModelFamily[] = gptFamilies.map(({ modelType, classes }) => ({
  modelType,
  open,
  load: (source, architectures) =>
    architectures.includes(classes.classifier) ? GptClassifier.fromPretrained(source) : Gpt.fromPretrained(source),
}));

async function open(
  json: ConfigReader,
  _architectures: readonly string[],
  checkpoint: Checkpoint,
): Promise<ModelUnderTest | null> {
  const { family, config, architecture } = readGptConfig(json);
  const { base, languageModel, classifier } = family.classes;
  if (architecture === classifier) return classifierUnderTest(family, config, checkpoint);
  if (architecture !== base && architecture !== languageModel) return null;
  const model = new Gpt(config, { family }, { architecture });
  await fillGpt(model, { config, family }, checkpoint);
  addMasksAsPython(family.modelType, model);
  return causalUnderTest({
    model,
    rules: rulesOf(family, config, architecture === base ? '' : family.prefix),
    outputName: (observed) => stackOutputName(observed, config.depth),
    ...(architecture === base && { lastHiddenState: `hidden_states.${config.depth}` }),
  });
}

/** GPT-2 and GPT-Neo add two masks in Python, which shows in the rows of padding alone. */
function addMasksAsPython(modelType: string, model: Module): void {
  const within = modelType === 'gpt2' ? full() : modelType === 'gpt_neo' ? causal() : null;
  if (!within) return;
  for (const [, part] of modulesOf(model)) if (part instanceof MultiHeadAttention) part.fullyMasked = { within };
}

async function classifierUnderTest(
  family: GptFamily,
  config: GptConfig,
  checkpoint: Checkpoint,
): Promise<ModelUnderTest> {
  const model = new GptClassifier(config, { family });
  await fillGpt(model, { config, family }, checkpoint);
  return {
    model,
    rules: rulesOf(family, config, family.prefix),
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

/** Hugging Face looks at the token before the first one of padding; where there is none, at the last. */
function lengthBefore(row: readonly number[], padding: number | undefined): number {
  const first = padding === undefined ? -1 : row.indexOf(padding);
  return first > 0 ? first : row.length;
}
