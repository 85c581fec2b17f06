import { groupsOf, type NativeKernel, webGpuInstance } from '@sequitur/core';
import { mul, sum, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { type ScanAttributes, sizesOf, tensorsOf } from '../tensors.js';
import { carryBackwards, matrixSums, summarizeBackwards, waveBackwards } from './gradient-chunks.js';
import { constantsOf, gpuChunk, parametersOf } from './shared-code.js';

/** A wave stores three values per state element and step, in at most this many bytes. */
const MOST_SCRATCH = 2 ** 26;

/**
 * {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. Chunks run in parallel,
 * in waves of as many as fit into the scratch buffer: a summary of each, then the gradient of the state is passed from
 * chunk to chunk, then each chunk runs again with the gradient at its end.
 */
export const scanGradientWebGpu: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const chunk = gpuChunk(inputs, attributes);
  const sizes = sizesOf(tensorsOf(inputs), { chunk });
  const { batch, inner, state, groups, kept } = sizes;
  const [lanes, chunks] = [batch * inner, kept + 1];
  const [x, stepSize, dy] = [inputs.x!, inputs.stepSize!, inputs.dy!];
  // Tensors rather than outputs, since they are summed afterwards.
  const [dx, dStepSize] = [gpu.output(x.shape), zeros(x.shape)];
  const [dInput, dOutput] = [gpu.output(inputs.inputMatrix!.shape), gpu.output(inputs.outputMatrix!.shape)];
  const dInitial = gpu.output(inputs.initialState!.shape);
  const constants = constantsOf(inputs, inputs.between);
  const parameters = parametersOf(inputs, attributes, sizes);
  const given = { x, stepSize, constants, dy };
  const arriving = zeros([batch, chunks, inner, state]);
  gpu.withScratch([chunks * lanes, 2], (passed) => {
    const workgroups = groupsOf(chunks * lanes);
    gpu.compute(summarizeBackwards(state), { tensors: { ...given, arriving, passed }, parameters, workgroups });
    gpu.compute(carryBackwards(state), {
      tensors: { passed, constants, dFinal: inputs.dFinal!, arriving, dInitial },
      parameters,
      workgroups: groupsOf(lanes * state),
    });
  });
  const wave = Math.max(1, Math.min(chunks, Math.floor(MOST_SCRATCH / (12 * chunk * state * lanes))));
  gpu.withScratch([3 * chunk * state * lanes * wave], (scratch) => {
    for (let start = 0; start < chunks; start += wave) {
      const count = Math.min(wave, chunks - start);
      const between = constants.size - inputs.between!.size;
      gpu.compute(waveBackwards(state), {
        tensors: { ...given, dx, dStepSize, arriving, scratch },
        parameters: { ...parameters, start, count, between },
        workgroups: groupsOf(lanes * count),
      });
      gpu.compute(matrixSums(state), {
        tensors: { scratch, dInput, dOutput },
        parameters: { ...parameters, start, count },
        workgroups: batch * count * chunk * groups * 2 * state,
      });
    }
  });
  constants.dispose();
  const [dMatrix, dSkip, dBias] = tidy(() => [
    sum(arriving, [0, 1]),
    sum(mul(dy, x), [0, 1]),
    sum(dStepSize, [0, 1]),
  ]) as [Tensor, Tensor, Tensor];
  arriving.dispose();
  return [dx, dStepSize, dMatrix, dInput, dOutput, dSkip, dBias, dInitial];
};
