import { openModel } from '../models/model-folder.js';
import type { ModelUnderTest } from '../models/model-under-test.js';

/** A model whose forward call returns a loss. */
export type OpenedModel = ModelUnderTest;

/** The model of a folder, or the reason why it is not trained. The caller disposes `model`. */
export async function openTrainable(folder: string): Promise<OpenedModel | string> {
  const opened = await openModel(folder);
  if (typeof opened === 'string') return opened;
  const { under } = opened;
  if ('compare' in under) return 'a class with a special folder format is not trained';
  return under;
}
