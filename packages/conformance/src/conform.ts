import { readdir } from 'node:fs/promises';
import { type FolderReport, summarize } from './comparison.js';
import { conformClassifier } from './models/classifier-cases.js';
import { conformModel } from './models/model-folder.js';
import { conformOps } from './ops/op-folder.js';
import { conformSafetensors } from './safetensors-format.js';
import { conformTokenizer } from './tokenizers/tokenizer-folder.js';
import { conformTraining } from './training/training-folder.js';

export interface ConformOptions {
  /** Folder that is searched for vocabulary files by their sha256. */
  readonly vocabularies: string;
}

type Conform = (folder: string, options: ConformOptions) => Promise<FolderReport>;

/** Compares a folder of reference values with our results. The kind of folder is detected by its files. */
export async function conform(folder: string, options: ConformOptions): Promise<FolderReport> {
  try {
    const files = new Set(await readdir(folder));
    const kind = kindOf(files);
    return kind
      ? await kind(folder, options)
      : unsupported(folder, `no known kind of folder: ${[...files].join(', ')}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return summarize(folder, [{ name: 'run', verdict: 'failed', detail: message }]);
  }
}

function kindOf(files: ReadonlySet<string>): Conform | null {
  const hasCases = files.has('cases.json') && files.has('tensors.safetensors');
  if (hasCases && files.has('model.safetensors')) return conformClassifier;
  if (hasCases) return conformOps;
  if (files.has('config.json')) return conformModel;
  if ([...files].some((file) => /^bad_.*\.safetensors$/.test(file))) return conformSafetensors;
  if (files.has('expected.json') && !files.has('inputs.json')) return conformTraining;
  if (files.has('cases.json')) return conformTokenizer;
  return null;
}

export function unsupported(folder: string, detail: string): FolderReport {
  return { folder, verdict: 'unsupported', findings: [], detail };
}
