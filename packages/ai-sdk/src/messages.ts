import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider';
import { SequiturError } from '@sequitur/core';
import type { Message } from '@sequitur/gpt';

/**
 * The conversation before the last message, and that message.
 *
 * @throws SequiturError where the last message is not a text of the user
 */
export function conversationOf(prompt: LanguageModelV3Prompt): { earlier: readonly Message[]; asked: string } {
  const messages = prompt.map(messageOf);
  const last = messages.at(-1);
  if (last?.role !== 'user')
    throw refused('a prompt that ends with a message of the user', last?.role ?? 'an empty one');
  return { earlier: messages.slice(0, -1), asked: last.content };
}

function messageOf({ role, content }: LanguageModelV3Message): Message {
  if (typeof content === 'string') return { role, content };
  if (role === 'tool') throw refused('messages of system, user and assistant', 'one of a tool');
  const texts = content.map((part) => {
    if (part.type === 'text') return part.text;
    throw refused('parts of text', `one of type ${part.type}`);
  });
  return { role, content: texts.join('') };
}

export function refused(expected: string, got: string): SequiturError {
  return new SequiturError({ where: 'sequitur, AI SDK', expected, got });
}
