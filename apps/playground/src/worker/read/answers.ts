import type { Bert } from '@sequitur/bert';
import type { Answer, ReadTask } from '../../protocol/read.js';
import { type FileSource, parameterCount, SequiturError } from '../packages.js';
import { rendering } from './rendering.js';

/** A model that is open for one task. */
export interface Reader {
  readonly task: ReadTask;
  readonly parameters: number;
  /** The sign that hides a word, where the model knows one. */
  readonly mask?: string | undefined;
  answer(text: string, context: string): Promise<Answer>;
  dispose(): void;
}

/** Number of answers that are shown. */
const CHOICES = 5;

/** Writes one text from another: phonemes, a translation, a summary. */
export async function openTranslator(source: FileSource): Promise<Reader> {
  const { SequenceToSequence } = await import('@sequitur/transformer');
  const model = await SequenceToSequence.fromPretrained(source);
  if (!model.tokenizer) {
    model.dispose();
    throw withoutTokenizer();
  }
  return {
    task: 'translate',
    parameters: parameterCount(model),
    answer: async (text) => ({ task: 'translate', ...(await rendering(model, text)) }),
    dispose: () => model.dispose(),
  };
}

/** An encoder, by what its head is for. */
export async function openEncoder(source: FileSource): Promise<Reader> {
  const { Bert } = await import('@sequitur/bert');
  const model: Bert = await Bert.fromPretrained(source);
  const task = taskOf(model);
  if (task && model.tokenizer) {
    const { mask } = model.tokenizer.specialTokens;
    const parameters = parameterCount(model);
    return { task, parameters, mask, answer: await answering(task, model), dispose: () => model.dispose() };
  }
  model.dispose();
  throw task ? withoutTokenizer() : withoutTask(model.headKind);
}

const tasks: Readonly<Record<string, ReadTask>> = {
  maskedLanguage: 'fillMask',
  sequenceClassification: 'classify',
  tokenClassification: 'names',
  questionAnswering: 'answer',
};

function taskOf({ headKind, config }: Bert): ReadTask | undefined {
  const task = tasks[headKind];
  const knowsIntents = (config.labels ?? []).some((label) => label.startsWith('intent:'));
  return task === 'names' && knowsIntents ? 'understand' : task;
}

async function answering(task: ReadTask, model: Bert): Promise<Reader['answer']> {
  const bert = await import('@sequitur/bert');
  switch (task) {
    case 'understand': {
      const { understand } = await import('@sequitur/models');
      return async (text) => {
        const [{ intent, score, slots }] = (await understand(model, [text])) as [Understood];
        return { task, intent, score, spans: slots.map(spanOf) };
      };
    }
    case 'fillMask':
      return async (text) => {
        const masks = await bert.fillMask(model, text, { fillings: CHOICES });
        return { task, masks: masks.map((found) => found.map(({ token, score }) => ({ label: token, score }))) };
      };
    case 'classify':
      return async (text) => {
        const [found] = await bert.classify(model, [text]);
        return { task, labels: found!.labels.slice(0, CHOICES) };
      };
    case 'names':
      return async (text) => {
        const [found] = await bert.recognizeEntities(model, [text]);
        return { task, spans: found!.map(spanOf) };
      };
    default:
      return async (text, context) => {
        const found = await bert.answer(model, text, context, { answers: CHOICES });
        return { task: 'answer', spans: found.map((span) => ({ ...span, label: span.text })) };
      };
  }
}

type Understood = Awaited<ReturnType<typeof import('@sequitur/models').understand>>[number];

function spanOf({ start, end, type, score }: Understood['slots'][number]) {
  return { start, end, label: type, score };
}

function withoutTokenizer(): SequiturError {
  return new SequiturError({
    where: 'the folder',
    expected: 'a tokenizer: tokenizer.json, vocab.txt, vocab.json with merges.txt, or a SentencePiece model',
    got: 'none',
    fix: 'Drop the tokenizer’s files together with the model’s',
  });
}

function withoutTask(head: string): SequiturError {
  return new SequiturError({
    where: 'the folder',
    expected: 'a model that fills masks, classifies, finds names, answers or translates',
    got: `an encoder whose head is ${head}`,
    fix: 'Models that write are opened in the room Write',
  });
}
