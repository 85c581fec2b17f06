/** Opens WebAssembly on two threads, multiplies, and comes to its end without closing anything. */
import { openBackend } from '@sequitur/core';
import { fill, matMul } from '@tensorflow/tfjs-core';

const { capabilities } = await openBackend('wasm', { threads: 2 });
const product = await matMul(fill([256, 256], 1), fill([256, 256], 2)).data();
console.log(`${product[0]} on ${Number.parseInt(capabilities.threads!.detail, 10)} threads`);
