import type { Message } from '@sequitur/gpt';
import { badFile, type Line, objectOf, readLines } from '@sequitur/recipe';

/** A conversation from its beginning; the model learns to say what the assistant says. */
export type Dialogue = readonly Message[];

const ROLES = ['system', 'user', 'assistant'];

/**
 * Reads dialogues from JSON lines, each `{"messages": [{"role": "user", "content": "..."}, ...]}`, as fine-tuning files are
 * commonly written.
 *
 * @throws SequiturError with the line that is no such dialogue
 */
export async function readDialogues(file: string): Promise<Dialogue[]> {
  const dialogues = (await readLines(file)).flatMap((line) => (line.text.trim() ? [dialogueOf(line)] : []));
  if (dialogues.length > 1) return dialogues;
  throw badFile(file, 'at least two dialogues, one a line', `${dialogues.length}`);
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
