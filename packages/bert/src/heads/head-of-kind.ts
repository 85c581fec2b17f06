import { SequiturError } from '@sequitur/core';
import type { HeadPart } from './head.js';
import { maskedLanguage } from './masked-language.js';
import { multipleChoice } from './multiple-choice.js';
import { nextSentence } from './next-sentence.js';
import { noHead, pooled } from './no-head.js';
import { preTraining } from './pre-training.js';
import { questionAnswering } from './question-answering.js';
import { replacedTokens } from './replaced-tokens.js';
import { sequenceClassification } from './sequence-classification.js';
import { tokenClassification } from './token-classification.js';

const parts: readonly HeadPart[] = [
  ...[noHead(), pooled(), preTraining(), maskedLanguage(), nextSentence(), sequenceClassification()],
  ...[tokenClassification(), questionAnswering(), multipleChoice(), replacedTokens()],
];

/** The head that a checkpoint's class has. */
export function headOfKind(kind: string): HeadPart {
  const found = parts.find((part) => part.kind === kind);
  if (found) return found;
  throw new SequiturError({
    where: 'heads',
    expected: `one of ${parts.map((part) => part.kind).join(', ')}`,
    got: kind,
  });
}
