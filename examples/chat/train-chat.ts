import { join } from 'node:path';
import { Gpt, jinjaTemplate, type LlamaConfig, llamaFamily } from '@sequitur/gpt';
import { firstBatches, type Learnt, learn, type RunOptions } from '@sequitur/recipe';
import { trainByteLevelTokenizer } from '@sequitur/text';
import { adamW, nextTokenLoss, warmUpThenCosine } from '@sequitur/train';
import { dialogueBatches, encodeDialogue } from './dialogue-batches.js';
import type { Dialogue } from './dialogues.js';
import { END, SPECIAL_TOKENS, saveTemplate, TEMPLATE } from './template.js';

/** The size of the model and how it learns. */
export interface ChatRecipe {
  readonly shape: Pick<LlamaConfig, 'width' | 'depth' | 'heads' | 'hiddenWidth' | 'contextLength'>;
  readonly vocabularySize: number;
  readonly batchSize: number;
  readonly peakRate: number;
}

/** Trains a small Llama to say what the assistant says in these dialogues, and saves it with its template in `model`. */
export async function trainChat(
  { training, validation }: { readonly training: readonly Dialogue[]; readonly validation: readonly Dialogue[] },
  { shape, vocabularySize, batchSize, peakRate }: ChatRecipe,
  options: RunOptions,
): Promise<Learnt> {
  const said = training.flatMap((dialogue) => dialogue.map(({ content }) => content));
  const tokenizer = await trainByteLevelTokenizer(said, { vocabularySize, specialTokens: SPECIAL_TOKENS });
  const config = { ...shape, vocabularySize: tokenizer.vocabularySize, tied: true, endToken: END };
  const model = Gpt.create<LlamaConfig>(config, { family: llamaFamily, seed: options.seed, tokenizer });
  const template = jinjaTemplate(TEMPLATE);
  const encode = (dialogues: readonly Dialogue[]) =>
    dialogues.map((dialogue) => encodeDialogue(dialogue, { tokenizer, template, length: shape.contextLength }));
  const [learnable, watched] = [encode(training), encode(validation)];
  const batchesOf = (dialogues: ReturnType<typeof encode>, seed: string) =>
    dialogueBatches(dialogues, { batchSize, seed, padding: END });
  const watching = batchesOf(watched, 'validation');
  try {
    const learnt = await learn(
      model,
      {
        title: 'Learning to answer',
        unit: "nats per token of the assistant's",
        loss: nextTokenLoss,
        data: () => batchesOf(learnable, options.seed),
        validation: firstBatches(watching, { batches: 8, of: watched.length / batchSize }),
        optimizer: (steps) =>
          adamW({
            learningRate: warmUpThenCosine({ peak: peakRate, warmUp: Math.max(1, Math.min(100, steps / 10)), steps }),
          }),
      },
      options,
    );
    await model.savePretrained(join(options.folder, 'model'));
    await saveTemplate(join(options.folder, 'model'));
    return learnt;
  } finally {
    model.dispose();
  }
}
