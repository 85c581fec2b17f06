import { clipByValue, isNaN as isNaNOf, type Tensor, tidy, where } from '@tensorflow/tfjs-core';

/** min(max(x, least), most), and NaN for NaN, which tfjs's WebAssembly kernel turns into a bound. */
export function clip<T extends Tensor>(x: T, least: number, most: number): T {
  return tidy(() => where(isNaNOf(x), x, clipByValue(x, least, most))) as T;
}
