import type { TextSoFar } from '../../protocol/write.js';
import type { OpenedModel } from '../models/open-folder.js';
import { SequiturError, templateOf } from '../packages.js';

/**
 * The tokens before the first generated one.
 * @throws if there are none
 */
export function promptOf({ tokenizer }: OpenedModel, { prompt, messages, written }: TextSoFar): number[] {
  const ids = messages ? chatIds(tokenizer, messages) : tokenizer.encode(prompt, { specialTokens: true });
  if (ids.length + written.length > 0) return [...ids];
  throw new SequiturError({
    where: 'the prompt',
    expected: 'some words to go on from',
    got: 'none',
    fix: 'Write a beginning',
  });
}

/** The turns as the model was trained on them; the template writes special tokens itself. */
function chatIds(tokenizer: OpenedModel['tokenizer'], messages: NonNullable<TextSoFar['messages']>): readonly number[] {
  const template = templateOf(tokenizer);
  if (template) return tokenizer.encode(template(messages, { forAnswer: true }));
  throw new SequiturError({
    where: 'a chat',
    expected: 'a model with a chat template among its tokenizer’s files',
    got: 'none',
    fix: 'Write a prompt instead, or open a model that was trained to chat',
  });
}
