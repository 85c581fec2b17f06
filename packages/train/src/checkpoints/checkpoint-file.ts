import { type Module, parametersOf, SequiturError, showShape } from '@sequitur/core';
import {
  type FileSink,
  type ReadableFile,
  SafetensorsFile,
  safetensorsChunks,
  type TensorToWrite,
} from '@sequitur/pretrained';
import type { OptimizerState } from '../optimizers/state.js';
import { parseRunState, type RunState } from './run-state.js';

/** Of the tensors in the file: what the model has learnt, and what the optimizer remembers. */
const PARAMETER = 'parameter/';
const MEMORY = 'optimizer/';

/**
 * Writes all that a run needs to go on as one safetensors file, its state in the metadata: since a sink writes a file
 * whole or not at all, half a checkpoint never exists.
 */
export function writeCheckpoint(
  sink: FileSink,
  file: string,
  model: Module,
  memory: OptimizerState,
  state: RunState,
): Promise<void> {
  const parameters = [...parametersOf(model)].map(
    ([path, parameter]): TensorToWrite => ({
      name: PARAMETER + path,
      dtype: 'F32',
      shape: parameter.shape,
      values: () => parameter.read(),
    }),
  );
  const remembered = [...memory.entries].map(
    ([name, slot]): TensorToWrite => ({
      name: MEMORY + name,
      dtype: 'F32',
      shape: slot.shape,
      values: () => slot.data() as Promise<Float32Array>,
    }),
  );
  const metadata = { format: 'pt', run: JSON.stringify(state) };
  return sink.write(file, safetensorsChunks([...parameters, ...remembered], metadata));
}

/** Opens a checkpoint and checks its header. */
export async function openCheckpointFile(file: ReadableFile): Promise<{ tensors: SafetensorsFile; state: RunState }> {
  const tensors = await SafetensorsFile.open(file);
  return { tensors, state: parseRunState(tensors.metadata.get('run') ?? '', file.name) };
}

/** Fills a model and an optimizer's memory from a checkpoint; all names and shapes are checked before a value changes. */
export async function restore(tensors: SafetensorsFile, model: Module, memory: OptimizerState | null): Promise<void> {
  const parameters = parametersOf(model);
  checkParameters(tensors, parameters);
  for (const [path, parameter] of parameters) {
    parameter.assign((await tensors.read(PARAMETER + path)).values as Float32Array);
  }
  if (!memory) return;
  memory.dispose();
  for (const [name, { shape }] of tensors.tensors) {
    if (!name.startsWith(MEMORY)) continue;
    memory.restore(name.slice(MEMORY.length), (await tensors.read(name)).values as Float32Array, shape);
  }
}

function checkParameters(
  { name: where, tensors }: SafetensorsFile,
  parameters: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
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
    got: faults.join(', '),
    fix: 'Build the model with the configuration it was trained with',
  });
}
