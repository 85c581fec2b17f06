import type { Bert } from '@sequitur/bert';
import type { SequenceToSequence } from '@sequitur/transformer';
import type { Answer, ReadTask } from '../../protocol/read.js';
import type { FileSource } from '../packages.js';

/** A model that is open for one task. */
export interface Reader {
  answer(text: string): Promise<Answer>;
  dispose(): void;
}

/** How many other answers are shown. */
const CHOICES = 5;

/** What opens a folder for each task; each brings its packages when it is first asked for. */
export const readers: Readonly<Record<ReadTask, (source: FileSource) => Promise<Reader>>> = {
  async understand(source) {
    const [{ Bert }, { understand }] = await Promise.all([import('@sequitur/bert'), import('@sequitur/models')]);
    const model: Bert = await Bert.fromPretrained(source);
    return {
      answer: async (text) => {
        const [understood] = await understand(model, [text]);
        const { intent, score, slots } = understood!;
        const spans = slots.map(({ start, end, type, score: sure }) => ({ start, end, label: type, score: sure }));
        return { task: 'understand', intent, score, spans };
      },
      dispose: () => model.dispose(),
    };
  },

  async pronounce(source) {
    const { SequenceToSequence, translate } = await import('@sequitur/transformer');
    const model: SequenceToSequence = await SequenceToSequence.fromPretrained(source);
    return {
      answer: async (text) => {
        const [best] = await translate(model, [text]);
        return { task: 'pronounce', readings: [{ text: best!, share: 1 }] };
      },
      dispose: () => model.dispose(),
    };
  },

  async fillMask(source) {
    const { Bert, fillMask } = await import('@sequitur/bert');
    const model: Bert = await Bert.fromPretrained(source);
    return {
      answer: async (text) => {
        const masks = await fillMask(model, text, { fillings: CHOICES });
        return {
          task: 'fillMask',
          masks: masks.map((fillings) => fillings.map(({ token, score }) => ({ token, score }))),
        };
      },
      dispose: () => model.dispose(),
    };
  },
};
