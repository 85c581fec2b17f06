import { join } from 'node:path';
import { Gpt, jinjaTemplate, type LlamaConfig, llamaFamily } from '@sequitur/gpt';
import { firstBatches, type RunOptions, runTraining, type TrainingResult } from '@sequitur/recipe';
import { trainByteLevelTokenizer } from '@sequitur/text';
import { adamW, nextTokenLoss, warmUpThenCosine } from '@sequitur/train';
import { dialogueBatches, encodeDialogue } from './dialogue-batches.js';
import type { Dialogue } from './dialogues.js';
import { END, SPECIAL_TOKENS, saveTemplate, TEMPLATE } from './template.js';

/** Model size and training settings. */
export interface ChatRecipe {
  readonly shape: Pick<LlamaConfig, 'width' | 'depth' | 'heads' | 'hiddenWidth' | 'contextLength'>;
  readonly vocabularySize: number;
  readonly batchSize: number;
  readonly peakRate: number;
}

/** Trains a small Llama on the assistant's messages, and saves it with its chat template in `model`. */
export async function trainChat(
  { training, validation }: { readonly training: readonly Dialogue[]; readonly validation: readonly Dialogue[] },
  { shape, vocabularySize, batchSize, peakRate }: ChatRecipe,
  options: RunOptions,
): Promise<TrainingResult> {
  const said = training.flatMap((dialogue) => dialogue.map(({ content }) => content));
  const tokenizer = await trainByteLevelTokenizer(said, { vocabularySize, specialTokens: SPECIAL_TOKENS });
  const config = { ...shape, vocabularySize: tokenizer.vocabularySize, tied: true, endToken: END };
  const model = Gpt.create<LlamaConfig>(config, { family: llamaFamily, seed: options.seed, tokenizer });
  const template = jinjaTemplate(TEMPLATE);
  const encode = (dialogues: readonly Dialogue[]) =>
    dialogues.map((dialogue) => encodeDialogue(dialogue, { tokenizer, template, length: shape.contextLength }));
  const [learnable, heldOut] = [encode(training), encode(validation)];
  const batchesOf = (dialogues: ReturnType<typeof encode>, seed: string) =>
    dialogueBatches(dialogues, { batchSize, seed, padding: END });
  const validationBatches = batchesOf(heldOut, 'validation');
  try {
    const result = await runTraining(
      model,
      {
        title: 'Training on answers',
        unit: 'nats per token of the assistant',
        loss: nextTokenLoss,
        data: () => batchesOf(learnable, options.seed),
        validation: firstBatches(validationBatches, { batches: 8, of: heldOut.length / batchSize }),
        optimizer: (steps) =>
          adamW({
            learningRate: warmUpThenCosine({ peak: peakRate, warmUp: Math.max(1, Math.min(100, steps / 10)), steps }),
          }),
      },
      options,
    );
    await model.savePretrained(join(options.folder, 'model'));
    await saveTemplate(join(options.folder, 'model'));
    return result;
  } finally {
    model.dispose();
  }
}
