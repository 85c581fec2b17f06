import type { JinjaTemplate } from '@sequitur/gpt';
import { type Batches, shuffledBatches, type Tokenizer, type WindowBatch } from '@sequitur/text';
import type { Dialogue } from './dialogues.js';

/** Token ids of a dialogue, and the next-token labels; -100 outside the assistant's messages. */
export interface EncodedDialogue {
  readonly inputs: readonly number[];
  readonly labels: readonly number[];
}

/** Encodes a dialogue; only the assistant's tokens have labels, including the end of each answer. */
export function encodeDialogue(
  dialogue: Dialogue,
  { tokenizer, template, length }: { tokenizer: Tokenizer; template: JinjaTemplate; length: number },
): EncodedDialogue {
  const [ids, wanted]: [number[], boolean[]] = [[], []];
  let text = '';
  const write = (upTo: string, isLearnt: boolean) => {
    for (const id of tokenizer.encode(upTo.slice(text.length))) {
      ids.push(id);
      wanted.push(isLearnt);
    }
    text = upTo;
  };
  for (const [index, { role }] of dialogue.entries()) {
    const isAnswer = role === 'assistant';
    if (isAnswer) write(template(dialogue.slice(0, index), { forAnswer: true }), false);
    write(template(dialogue.slice(0, index + 1), { forAnswer: false }), isAnswer);
  }
  const labels = ids.map((id, index) => (wanted[index] ? id : -100)).slice(1);
  return { inputs: ids.slice(0, -1).slice(0, length), labels: labels.slice(0, length) };
}

/** Endless batches of dialogues of similar length, padded at the right. */
export function dialogueBatches(
  dialogues: readonly EncodedDialogue[],
  { batchSize, seed, padding }: { batchSize: number; seed: string; padding: number },
): Batches<WindowBatch> {
  return shuffledBatches(dialogues, {
    source: { batches: 'dialogues' },
    ...{ batchSize, seed },
    lengthOf: ({ inputs }) => inputs.length,
    collate: (chosen) => {
      const length = Math.max(...chosen.map(({ inputs }) => inputs.length));
      const filled = (row: readonly number[], value: number) =>
        Int32Array.from({ length }, (_, at) => row[at] ?? value);
      return {
        inputs: chosen.map(({ inputs }) => filled(inputs, padding)),
        labels: chosen.map(({ labels }) => filled(labels, -100)),
      };
    },
  });
}
