import type { OpenedModel } from '../models/open-folder.js';
import { bytesIn, disposeState, tokenTensor } from '../packages.js';

/** Lengths at which the bytes of a state are reported. */
export const LENGTHS = [1, ...Array.from({ length: 32 }, (_, index) => 32 * (index + 1))];

/** The declared state size, or else the measured one after `length` tokens. */
export function bytesAfter(model: OpenedModel['model'], length: number): number {
  if ('cost' in model && typeof model.cost === 'function') {
    return (model as unknown as { cost(length: number): { stateBytes: number } }).cost(length).stateBytes;
  }
  const tokens = tokenTensor([new Int32Array(length)], model.vocabularySize);
  const before = model.initState(1);
  const { logits, state } = model.step(tokens, before, { logits: 'last' });
  const bytes = bytesIn(state);
  disposeState(state);
  disposeState(before);
  tokens.dispose();
  logits.dispose();
  return bytes;
}
