import { consecutiveWindows } from '@sequitur/text';
import { evaluate } from '@sequitur/train';
import { CONTEXT, type StoryModel } from './architectures.js';

/**
 * Bits per byte of a text, which is comparable between vocabularies. Every window is read without the preceding
 * context, and the end token of each story is counted although it is not a byte, so the figure is slightly too high.
 */
export async function bitsPerByte(model: StoryModel, tokens: Int32Array, bytes: number): Promise<number> {
  const nats = await evaluate(model, consecutiveWindows(tokens, { length: CONTEXT, batchSize: 16 }));
  return (nats * tokens.length) / bytes / Math.LN2;
}
