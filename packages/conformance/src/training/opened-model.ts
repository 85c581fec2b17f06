import { openModel } from '../models/model-folder.js';
import type { ModelUnderTest } from '../models/model-under-test.js';

/** A model whose forward call gives a loss. */
export type OpenedModel = ModelUnderTest;

/** The model of a folder, or why it is not trained here. The caller disposes `model`. */
export async function openTrainable(folder: string): Promise<OpenedModel | string> {
  const opened = await openModel(folder);
  if (typeof opened === 'string') return opened;
  const { under } = opened;
  if ('compare' in under) return 'a class whose folders have a form of their own is not trained here';
  return under;
}
