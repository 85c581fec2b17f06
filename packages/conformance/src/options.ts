import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, SequiturError } from '@sequitur/core';

export const HELP = `Compares what Sequitur computes with reference numbers from PyTorch.

  pnpm conformance <folder...> [options]

A folder contains a model (config.json with inputs and expected outputs), cases of an operation or a tokenizer, steps of
a training run, or safetensors files; its kind is detected from its files. A model with weights is also loaded as by a
user, saved, and loaded and saved again: names, shapes, dtypes and values must be those of the folder. Each
folder is reported as passed, failed, or unsupported if it contains something without a counterpart. The exit code
is 1 unless all have passed.

  --backend <name>      cpu, wasm (default) or webgpu
  --vocabularies <dir>  folder with the files that tokenizer cases name by sha256 (default ../shared/models/tokenizers;
                        ../../../models/tokenizers beside the cases is searched too)
  --json                one line of JSON per folder instead of text
  --verbose             every finding, not only the failed ones
  --help                this text
`;

export interface Options {
  readonly folders: readonly string[];
  readonly backend: BackendName;
  readonly vocabularies: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** @throws SequiturError for arguments that are not in the help */
export function readOptions(args: readonly string[], startedIn: string): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        backend: { type: 'string', default: 'wasm' },
        vocabularies: { type: 'string', default: '../shared/models/tokenizers' },
        json: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const folders = positionals.filter((folder) => folder !== '--').map((folder) => resolve(startedIn, folder));
    if (folders.length === 0 && !values.help) throw new Error('no folder');
    return {
      ...values,
      folders,
      backend: values.backend as BackendName,
      vocabularies: resolve(startedIn, values.vocabularies),
    };
  } catch (error) {
    throw new SequiturError({
      where: 'pnpm conformance',
      expected: 'folders and options of --help',
      got: (error as Error).message,
      fix: 'See pnpm conformance --help',
    });
  }
}
