import type { Message } from '@sequitur/gpt';
import { badFile, type Line, objectOf, readLines } from '@sequitur/recipe';

/** A conversation; the model is trained on the assistant's messages. */
export type Dialogue = readonly Message[];

const ROLES = ['system', 'user', 'assistant'];

/**
 * Reads dialogues from JSON lines, each `{"messages": [{"role": "user", "content": "..."}, ...]}`, the usual format of
 * fine-tuning files.
 *
 * @throws SequiturError with the number of an invalid line
 */
export async function readDialogues(file: string): Promise<Dialogue[]> {
  const dialogues = (await readLines(file)).flatMap((line) => (line.text.trim() ? [dialogueOf(line)] : []));
  if (dialogues.length > 1) return dialogues;
  throw badFile(file, 'at least two dialogues, one per line', `${dialogues.length}`);
}

function dialogueOf(line: Line): Dialogue {
  const { messages } = objectOf(line) as { readonly messages?: readonly Partial<Message>[] };
  const isDialogue =
    Array.isArray(messages) &&
    messages.every((message) => ROLES.includes(message?.role) && typeof message?.content === 'string') &&
    messages.some(({ role }) => role === 'assistant');
  if (isDialogue) return messages as Dialogue;
  throw line.error(
    `{"messages": [{"role": ..., "content": ...}, ...]} with roles ${ROLES.join(', ')}, and an answer of the assistant`,
    line.text.slice(0, 60),
  );
}
