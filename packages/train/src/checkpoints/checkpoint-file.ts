import { type Module, parametersOf, SequiturError, showShape, showValue } from '@sequitur/core';
import {
  type FileSink,
  parseJson,
  type ReadableFile,
  SafetensorsFile,
  safetensorsChunks,
  type TensorToWrite,
} from '@sequitur/pretrained';
import type { OptimizerState } from '../optimizers/state.js';
import { parseRunState, type RunState } from './run-state.js';

/** Prefixes of the tensors in the file: parameters and optimizer state. */
const PARAMETER = 'parameter/';
const OPTIMIZER = 'optimizer/';

/** Keys of the metadata: the run's state, and the update count of each parameter. */
const STATE = 'run';
const UPDATES = 'updates';

/**
 * Writes a checkpoint: one safetensors file with parameters and optimizer state, and the run's state in its metadata. A
 * sink writes a file completely or not at all, so that there is never a partial checkpoint.
 *
 * @throws SequiturError where parameters are not finite: nothing is written then
 */
export function writeCheckpoint(
  sink: FileSink,
  file: string,
  model: Module,
  optimizer: OptimizerState,
  state: RunState,
): Promise<void> {
  const parameters = [...parametersOf(model)].map(
    ([path, parameter]): TensorToWrite => ({
      name: PARAMETER + path,
      dtype: 'F32',
      shape: parameter.shape,
      values: async () => {
        const values = await parameter.read();
        return parameter.trainable ? finite(values, path, state.step) : values;
      },
    }),
  );
  const optimizerTensors = [...optimizer.entries].map(
    ([name, slot]): TensorToWrite => ({
      name: OPTIMIZER + name,
      dtype: 'F32',
      shape: slot.shape,
      values: async () => finite(await optimizer.read(name), name, state.step),
    }),
  );
  const updates = JSON.stringify(Object.fromEntries(optimizer.updates));
  const metadata = { format: 'pt', [STATE]: JSON.stringify(state), [UPDATES]: updates };
  return sink.write(file, safetensorsChunks([...parameters, ...optimizerTensors], metadata));
}

function finite(values: Float32Array, path: string, step: number): Float32Array {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return values;
  throw new SequiturError({
    where: `training, step ${step}, ${path}`,
    expected: 'finite values to save',
    got: String(wrong),
    fix: 'Use a smaller learning rate or a longer warm-up; earlier checkpoints are intact',
  });
}

/** Opens a checkpoint and checks its header. */
export async function openCheckpointFile(file: ReadableFile): Promise<{ tensors: SafetensorsFile; state: RunState }> {
  const tensors = await SafetensorsFile.open(file);
  return { tensors, state: parseRunState(tensors.metadata.get(STATE) ?? '', file.name) };
}

/** Restores a model and an optimizer's state from a checkpoint. */
export async function restore(
  tensors: SafetensorsFile,
  model: Module,
  optimizer: OptimizerState | null,
): Promise<void> {
  for (const [path, parameter] of parametersOf(model)) {
    parameter.assign((await tensors.read(PARAMETER + path)).values as Float32Array);
  }
  if (!optimizer) return;
  const updates = parseUpdates(tensors);
  optimizer.dispose();
  optimizer.restoreUpdates(updates);
  for (const [name, { shape }] of tensors.tensors) {
    if (!name.startsWith(OPTIMIZER)) continue;
    optimizer.restore(name.slice(OPTIMIZER.length), (await tensors.read(name)).values as Float32Array, shape);
  }
}

function parseUpdates({ name, metadata }: SafetensorsFile): Readonly<Record<string, number>> {
  const updates = parseJson(metadata.get(UPDATES) ?? '', name) as Readonly<Record<string, number>> | null;
  const isSound = typeof updates === 'object' && updates !== null && Object.values(updates).every(isCount);
  if (isSound) return updates;
  throw new SequiturError({
    where: `${name}, ${UPDATES}`,
    expected: 'the update count of each parameter',
    got: showValue(updates),
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/**
 * Checks the parameters of a checkpoint.
 *
 * @throws SequiturError where names or shapes differ from those of the model
 */
export function checkParameters({ name: where, tensors }: SafetensorsFile, model: Module): void {
  const parameters = parametersOf(model);
  const faults: string[] = [];
  for (const [path, { shape }] of parameters) {
    const stored = tensors.get(PARAMETER + path);
    if (!stored) faults.push(`missing: ${path}`);
    else if (stored.dtype !== 'F32' || showShape(stored.shape) !== showShape(shape)) {
      faults.push(`misshapen: ${path} ${stored.dtype} ${showShape(stored.shape)}, not ${showShape(shape)}`);
    }
  }
  for (const name of tensors.keys()) {
    const path = name.slice(PARAMETER.length);
    if (name.startsWith(PARAMETER) && !parameters.has(path)) faults.push(`unexpected: ${path}`);
  }
  if (faults.length === 0) return;
  throw new SequiturError({
    where,
    expected: 'the parameters of this model',
    got: listed(faults),
    fix: 'Create the model with the config that it was trained with',
  });
}

const MOST_LISTED = 10;

function listed(faults: readonly string[]): string {
  const rest = faults.length - MOST_LISTED;
  return faults.slice(0, MOST_LISTED).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
}
