// Cross-entropy of softmax(z) against a label with smoothing (Szegedy et al. 2016, section 7). Rows have `classes`
// elements.
import { exp1, exp4, log1, sumOfLanes } from './math';
import { sumOf } from './reduce';

/** losses [rows], NaN for an invalid label, and normalisers [rows] = log Σ exp z for the backward. */
export function softmaxCrossEntropyForward(
  rows: i32, classes: i32, logits: usize, labels: usize, ignoreLabel: i32, smoothing: f32, losses: usize, normalisers: usize,
): void {
  const bytes = <usize>classes << 2;
  for (let i = 0; i < rows; i++, logits += bytes, labels += 4, losses += 4, normalisers += 4) {
    const normaliser = logSumExp(classes, logits);
    store<f32>(normalisers, normaliser);
    const label = load<i32>(labels);
    if (label == ignoreLabel) {
      store<f32>(losses, 0);
      continue;
    }
    const logit: f32 = label >= 0 && label < classes ? load<f32>(logits + (<usize>label << 2)) : <f32>NaN;
    let loss: f32 = (<f32>1 - smoothing) * (normaliser - logit);
    if (smoothing != 0) loss += smoothing * (normaliser - sumOf(classes, logits) / <f32>classes);
    store<f32>(losses, loss);
  }
}

/** dz = dloss (softmax(z) - target), 0 in ignored rows. */
export function softmaxCrossEntropyBackward(
  rows: i32, classes: i32, logits: usize, labels: usize, ignoreLabel: i32, smoothing: f32,
  normalisers: usize, dlosses: usize, dlogits: usize,
): void {
  const bytes = <usize>classes << 2;
  for (let i = 0; i < rows; i++, logits += bytes, dlogits += bytes, labels += 4, normalisers += 4, dlosses += 4) {
    const label = load<i32>(labels);
    const d = load<f32>(dlosses);
    if (label == ignoreLabel || d == 0) {
      memory.fill(dlogits, 0, bytes);
      continue;
    }
    writeProbabilities(classes, logits, load<f32>(normalisers), d, d * smoothing / <f32>classes, dlogits);
    const at = dlogits + (<usize>label << 2);
    if (label >= 0 && label < classes) store<f32>(at, load<f32>(at) - d * (<f32>1 - smoothing));
    else for (let i: usize = 0; i < bytes; i += 4) store<f32>(dlogits + i, <f32>NaN);
  }
}

/** to = scale exp(z - normaliser) - less */
function writeProbabilities(classes: i32, z: usize, normaliser: f32, scale: f32, less: f32, to: usize): void {
  const shift = f32x4.splat(normaliser), factor = f32x4.splat(scale), taken = f32x4.splat(less);
  const whole = <usize>(classes & ~3) << 2, end = <usize>classes << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const probability = exp4(f32x4.sub(v128.load(z + at), shift));
    v128.store(to + at, f32x4.sub(f32x4.mul(probability, factor), taken));
  }
  for (; at < end; at += 4) store<f32>(to + at, exp1(load<f32>(z + at) - normaliser) * scale - less);
}

function logSumExp(n: i32, z: usize): f32 {
  const top = maximumOf(n, z);
  const shift = f32x4.splat(top);
  const whole = <usize>(n & ~3) << 2, end = <usize>n << 2;
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) sums = f32x4.add(sums, exp4(f32x4.sub(v128.load(z + at), shift)));
  let sum = sumOfLanes(sums);
  for (; at < end; at += 4) sum += exp1(load<f32>(z + at) - top);
  return top + log1(sum);
}

/** The largest of n elements, -Infinity for n = 0. */
export function maximumOf(n: i32, z: usize): f32 {
  const whole = <usize>(n & ~3) << 2, end = <usize>n << 2;
  let tops = f32x4.splat(-f32.MAX_VALUE);
  let at: usize = 0;
  for (; at < whole; at += 16) tops = f32x4.max(tops, v128.load(z + at));
  let top = max(
    max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)),
    max(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)),
  );
  for (; at < end; at += 4) top = max(top, load<f32>(z + at));
  return top;
}
