import { consecutiveWindows } from '@sequitur/text';
import { evaluate } from '@sequitur/train';
import { CONTEXT, type StoryModel } from './architectures.js';

/**
 * Bits that the model needs for each byte of a text: comparable between vocabularies. Every window is read without what
 * stood before it, so the figure is a little too high; the token after each story, which is no byte, is paid for as well.
 */
export async function bitsPerByte(model: StoryModel, tokens: Int32Array, bytes: number): Promise<number> {
  const nats = await evaluate(model, consecutiveWindows(tokens, { length: CONTEXT, batchSize: 16 }));
  return (nats * tokens.length) / bytes / Math.LN2;
}
