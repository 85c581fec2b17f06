import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';

/** {decay, input, initial} -> [states]. */
export const linearScanCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { decay: shares, input, initial } = inputs;
  const [batch, length, channels] = shares!.shape as [number, number, number];
  const [decay, entering, start] = [cpu.values(shares!), cpu.values(input!), cpu.values(initial!)];
  const states = new Float32Array(decay.length);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      const row = (b * length + t) * channels;
      for (let c = 0; c < channels; c++) {
        const before = t > 0 ? states[row - channels + c]! : start[b * channels + c]!;
        states[row + c] = decay[row + c]! * before + entering[row + c]!;
      }
    }
  }
  return [cpu.output([batch, length, channels], states)];
};

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradientCpu: NativeKernel<object> = ({ inputs, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { decay: shares, initial } = inputs;
  const [batch, length, channels] = shares!.shape as [number, number, number];
  const [decay, start] = [cpu.values(shares!), cpu.values(initial!)];
  const [states, slopes] = [cpu.values(inputs.states!), cpu.values(inputs.dStates!)];
  const [dDecay, dInput] = [new Float32Array(decay.length), new Float32Array(decay.length)];
  const carried = new Float32Array(start.length);
  for (let b = 0; b < batch; b++) {
    for (let t = length - 1; t >= 0; t--) {
      const row = (b * length + t) * channels;
      for (let c = 0; c < channels; c++) {
        const gradient = carried[b * channels + c]! + slopes[row + c]!;
        dInput[row + c] = gradient;
        dDecay[row + c] = gradient * (t > 0 ? states[row - channels + c]! : start[b * channels + c]!);
        carried[b * channels + c] = gradient * decay[row + c]!;
      }
    }
  }
  const { shape } = shares!;
  return [cpu.output(shape, dDecay), cpu.output(shape, dInput), cpu.output(initial!.shape, carried)];
};
