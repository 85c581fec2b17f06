import type { Conversation, Gpt } from '@sequitur/gpt';
import { accuracy, errorRate } from '@sequitur/text';
import { FOLLOW_UPS, QUESTIONS, type SpokenWord } from './word-dialogues.js';

export interface ChatScores {
  /** Edit distance in sounds, divided by the number of reference sounds. */
  readonly soundErrorRate: number;
  /** Fraction of words with all sounds right. */
  readonly wordAccuracy: number;
  /** Accuracy of the syllable count, in a second turn that does not name the word. */
  readonly syllableAccuracy: number;
}

/** Asks for the pronunciation of held-out words, each in a separate conversation, and then for their syllables. */
export async function evaluate(model: Gpt, words: readonly SpokenWord[]): Promise<ChatScores> {
  const [sounds, syllables]: [string[], string[]] = [[], []];
  for (const { word } of words) {
    const conversation = model.chat();
    sounds.push(await answerOf(conversation, QUESTIONS[0]!(word)));
    syllables.push(await answerOf(conversation, FOLLOW_UPS[0]!));
    conversation.dispose();
  }
  const right = words.map((word) => word.sounds);
  return {
    soundErrorRate: errorRate(
      sounds.map((each) => each.split(' ')),
      right.map((each) => each.split(' ')),
    ),
    wordAccuracy: accuracy(sounds, right),
    syllableAccuracy: accuracy(
      syllables,
      words.map((word) => String(word.syllables)),
    ),
  };
}

export async function answerOf(conversation: Conversation, question: string): Promise<string> {
  let answer = '';
  for await (const piece of conversation.say(question, { maxTokens: 40 })) answer += piece;
  return answer.trim();
}
