import { parametersOf } from '@sequitur/core';
import { impulseResponse, S4dMixer } from '@sequitur/ssm';
import { reshape, type Tensor, type Tensor3D, transpose, unstack } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';

/** Names of the parameters of s4d.py -> our names. */
const PARAMETERS: Readonly<Record<string, string>> = {
  D: 'skip',
  'kernel.C': 'outputMatrix',
  'kernel.log_dt': 'logStep',
  'kernel.log_A_real': 'logDecay',
  'kernel.A_imag': 'frequency',
  'output_linear.0.bias': 'output.bias',
};

/** state-spaces/s4 models/s4/s4d.py: u [batch, width, length], and a convolution of kernel size 1 as the last layer. */
export const s4dCases: Operation = (given) => {
  const [width, stateSize] = [given.attribute<number>('d_model')!, given.attribute<number>('d_state')!];
  const mixer = new S4dMixer({ width, stateSize });
  const parameters = parametersOf(mixer);
  for (const [theirs, ours] of Object.entries(PARAMETERS)) parameters.get(ours)!.assign(given.input(theirs));
  const weight = transpose(reshape(given.input('output_linear.0.weight'), [2 * width, width]));
  parameters.get('output.weight')!.assign(weight);
  const u = given.input('u');
  const state = mixer.initState(u.shape[0]!);
  const { output } = mixer.mix(transpose(u, [0, 2, 1]) as Tensor3D, state, {});
  const [outputReal, outputImaginary] = unstack(given.input('kernel.C'), 2) as [Tensor, Tensor];
  const kernel = impulseResponse(
    {
      logStep: given.input('kernel.log_dt'),
      logDecay: given.input('kernel.log_A_real'),
      frequency: given.input('kernel.A_imag'),
      outputReal,
      outputImaginary,
    },
    u.shape[2]!,
  );
  mixer.dispose();
  return { kernel, out: transpose(output, [0, 2, 1]) };
};
