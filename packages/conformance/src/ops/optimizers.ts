import { Module, Parameter, zeros } from '@sequitur/core';
import { adam, adamW, everyParameter, type Optimizer, sgd, trainStep } from '@sequitur/train';
import { dispose, matMul, mean, mul, type Scalar, square, stack, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';

/** The parameter W of the least squares problem of the cases. */
class Matrix extends Module {
  readonly weight: Parameter;

  constructor(shape: readonly number[]) {
    super();
    this.weight = new Parameter(shape, zeros);
  }
}

/** loss = mean((A W - Y)²), and after every step W. */
export const optimizerCases: Operation = async (given) => {
  const optimizer = optimizerOf(given);
  if (!optimizer) return null;
  const maxGradientNorm = given.attribute<number>('clip_grad_norm') ?? undefined;
  const direction = given.attribute<boolean>('maximize') ? -1 : 1;
  const [a, y] = [given.input('A') as Tensor2D, given.input('Y') as Tensor2D];
  const model = new Matrix(given.input('W0').shape);
  model.weight.assign(given.input('W0'));
  const [steps] = given.shapeOf('traj');
  const path = [];
  for (let step = 1; step <= steps!; step++) {
    const loss = (): Scalar =>
      mul(direction, mean(square(sub(matMul(a, model.weight.value as unknown as Tensor2D), y))));
    const { loss: value, gradientNorm } = trainStep(model, loss, optimizer, { step, maxGradientNorm });
    dispose([value, gradientNorm]);
    path.push(model.weight.value.clone());
  }
  const traj = stack(path);
  dispose(path);
  optimizer.dispose();
  model.dispose();
  return { traj };
};

/** Options of PyTorch that select an implementation and do not change the result. */
const HOW = ['capturable', 'differentiable', 'fused', 'foreach'];

/** The optimizer, recognized by settings that no other one has; null if it is not supported. */
function optimizerOf(given: OperationCase): Optimizer | null {
  for (const name of HOW) given.attribute(name);
  const learningRate = given.attribute<number>('lr')!;
  const weightDecay = given.attribute<number>('weight_decay') ?? 0;
  const common = { learningRate, weightDecay, decays: everyParameter };
  const momentum = given.attribute<number>('momentum');
  if (momentum !== undefined) {
    const dampening = given.attribute<number>('dampening') ?? 0;
    return sgd({ ...common, momentum, dampening, nesterov: given.attribute<boolean>('nesterov') ?? false });
  }
  if (given.attribute<boolean>('amsgrad')) return null;
  const [beta1, beta2] = given.attribute<[number, number]>('betas')!;
  const settings = { ...common, beta1, beta2, epsilon: given.attribute<number>('eps')! };
  // Adam and AdamW have the same settings; the name of the case tells them apart.
  return given.name.startsWith('adamw') ? adamW(settings) : adam(settings);
}
