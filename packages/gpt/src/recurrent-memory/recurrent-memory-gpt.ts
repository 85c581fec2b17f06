import {
  anInteger,
  type Checkpoint,
  ConfigReader,
  loadWeights,
  oneOf,
  rule,
  type WeightRule,
} from '@sequitur/pretrained';
import { RecurrentMemoryModel, type SegmentAlignment } from '@sequitur/transformer';
import type { GptConfig, GptFamily } from '../family.js';
import { Gpt } from '../gpt.js';
import { readGptConfig, rulesOf } from '../open-gpt.js';

/** A GPT of any family, and the memory around it. */
export interface RecurrentMemoryGptConfig {
  readonly family: GptFamily;
  readonly base: GptConfig;
  readonly memoryTokens: number;
  readonly segmentLength: number;
  readonly alignment: SegmentAlignment;
}

/** Reads the configuration of the Recurrent Memory Transformer's own code around a Hugging Face model (model_type rmt-gpt2). */
export function readRecurrentMemoryGptConfig(json: ConfigReader): RecurrentMemoryGptConfig {
  json.take('model_type', oneOf(['rmt-gpt2']));
  const base = json.take('base', (value, where) => new ConfigReader(value, where));
  const { family, config } = readGptConfig(base);
  const resolved = {
    family,
    base: config,
    memoryTokens: json.take('num_mem_tokens', anInteger()),
    segmentLength: json.take('segment_size', anInteger()),
    alignment: json.take('segment_alignment', oneOf<SegmentAlignment>(['left', 'right', 'center']), 'left'),
  };
  json.finish([]);
  return resolved;
}

/** The model that the configuration describes, with the values of the checkpoint. The caller disposes it. */
export async function loadRecurrentMemoryGpt(
  config: RecurrentMemoryGptConfig,
  checkpoint: Checkpoint,
): Promise<RecurrentMemoryModel<Gpt>> {
  const model = new RecurrentMemoryModel(new Gpt(config.base, { family: config.family }), config);
  const { prefix, ignoredTensors } = config.family;
  const ignore = [...ignoredTensors(INNER + prefix), ...(config.base.tied ? [`${INNER}lm_head.weight`] : [])];
  await loadWeights(model, checkpoint, recurrentMemoryGptRules(config), { ignore });
  return model;
}

/** The names of such a checkpoint: the memory, and the model within under its own names. */
export function recurrentMemoryGptRules({ family, base }: RecurrentMemoryGptConfig): WeightRule[] {
  const within = rulesOf(family, base, family.prefix).map(({ checkpoint, parameters, conversion }) =>
    rule(
      INNER + checkpoint,
      parameters.map((path) => `model.${path}`),
      conversion,
    ),
  );
  return [rule('memory_cell.memory', 'memory'), ...within];
}

const INNER = 'memory_cell.model.';
