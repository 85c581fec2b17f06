import { createInterface } from 'node:readline/promises';
import type { Conversation, Gpt, SayOptions } from '@sequitur/gpt';

/** Commands instead of a message. */
const HELP = 'An empty line or /bye ends the chat, /new begins another.';

/** Chats on the terminal until an empty line or the end of the input; answers are streamed. */
export async function talk(model: Gpt, options: SayOptions): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: '\nYou: ' });
  const conversation = model.chat();
  console.log(`\nChat with the model. ${HELP}`);
  input.prompt();
  try {
    for await (const line of input) {
      const said = line.trim();
      if (said === '' || said === '/bye') break;
      if (said === '/new') conversation.clear();
      else await answer(conversation, said, options);
      input.prompt();
    }
  } finally {
    input.close();
    conversation.dispose();
  }
}

async function answer(conversation: Conversation, said: string, options: SayOptions): Promise<void> {
  process.stdout.write('Model: ');
  for await (const piece of conversation.say(said, options)) process.stdout.write(piece);
  process.stdout.write('\n');
}
