import { type Bert, type Entity, recognizeEntities, type TokenClassificationHead } from '@sequitur/bert';
import { paddedBatch } from '@sequitur/example-encoders';
import { intentOf } from './commands.js';

/** What a sentence asks for. */
export interface Understood {
  readonly intent: string;
  /** The share of the intent among all intents, 0 to 1. */
  readonly score: number;
  /** With which particulars: words of the text and what they are. */
  readonly slots: readonly Entity[];
}

/** Tells what each sentence asks for: the intent stands on the first token of the model, the slots on the words. */
export async function understand(model: Bert, texts: readonly string[], batchSize = 32): Promise<Understood[]> {
  const slots = await recognizeEntities(model, texts, { batchSize });
  const understood: Understood[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const found = await intentsOf(model as Bert<TokenClassificationHead>, texts.slice(start, start + batchSize));
    understood.push(...found.map((each, index) => ({ ...each, slots: slots[start + index]! })));
  }
  return understood;
}

async function intentsOf(model: Bert<TokenClassificationHead>, texts: readonly string[]) {
  const encodings = texts.map((text) =>
    model.tokenizer!.tokenize(text, { truncation: { maxLength: model.contextLength } }),
  );
  const padding = model.tokenizer!.tokenToId(model.tokenizer!.specialTokens.padding ?? '') ?? 0;
  const { logits } = model.apply(paddedBatch(encodings, padding));
  const [, length, classes] = logits.shape;
  const values = await logits.data();
  logits.dispose();
  const names = model.config.labels!.flatMap((label, place) => {
    const intent = intentOf(label);
    return intent === undefined ? [] : [{ intent, place }];
  });
  return texts.map((_, row) => {
    const powers = names.map(({ intent, place }) => ({
      intent,
      power: Math.exp(values[row * length * classes + place]!),
    }));
    const sum = powers.reduce((total, { power }) => total + power, 0);
    const { intent, power } = powers.reduce((best, each) => (each.power > best.power ? each : best));
    return { intent, score: power / sum };
  });
}
