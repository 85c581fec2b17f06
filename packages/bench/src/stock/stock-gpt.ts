import { parametersOf } from '@sequitur/core';
import type { Gpt, Gpt2Config } from '@sequitur/gpt';
import * as tf from '@tensorflow/tfjs-core';

type Batch = readonly ArrayLike<number>[];

/**
 * A GPT-2 and its training step written with tfjs alone: its ops, kernels and Adam. The embedding is a product with
 * one-hot rows, since tfjs cannot differentiate `gather` on WebAssembly.
 */
export class StockGpt {
  readonly #config: Gpt2Config;
  readonly #weights: ReadonlyMap<string, tf.Variable>;
  readonly #optimizer = tf.train.adam(1e-3);

  private constructor(config: Gpt2Config, weights: ReadonlyMap<string, tf.Variable>) {
    this.#config = config;
    this.#weights = weights;
  }

  /** Copies the values of `model`. The caller disposes the copy. */
  static async like(model: Gpt<Gpt2Config>): Promise<StockGpt> {
    const weights = new Map<string, tf.Variable>();
    for (const [path, parameter] of parametersOf(model)) {
      const values = tf.tensor(await parameter.read(), [...parameter.shape]);
      weights.set(path, tf.variable(values));
      values.dispose();
    }
    return new StockGpt(model.config, weights);
  }

  /**
   * One training step on token ids and their labels. Returns the loss before it, which the caller disposes.
   *
   * @param parts number of parts of the batch, whose gradients are accumulated: tfjs keeps every intermediate value, on
   * WebAssembly twice, which may exceed its 4 GB
   */
  trainStep(inputs: Batch, labels: Batch, parts = 1): tf.Scalar {
    const variables = [...this.#weights.values()];
    const size = inputs.length / parts;
    return tf.tidy(() => {
      let [total, sums]: [tf.Scalar, tf.NamedTensorMap] = [tf.scalar(0), {}];
      for (let part = 0; part < parts; part++) {
        const cut = (rows: Batch) => rows.slice(part * size, (part + 1) * size);
        const loss = () => tf.div(this.#loss(cut(inputs), cut(labels)), parts) as tf.Scalar;
        const { value, grads } = tf.variableGrads(loss, variables);
        const added = Object.entries(grads).map(([name, grad]) => [
          name,
          sums[name] ? tf.add(sums[name]!, grad) : grad,
        ]);
        [total, sums] = [tf.add(total, value), Object.fromEntries(added) as tf.NamedTensorMap];
      }
      this.#optimizer.applyGradients(Object.entries(sums).map(([name, sum]) => ({ name, tensor: sum })));
      return total;
    });
  }

  dispose(): void {
    this.#optimizer.dispose();
    for (const weight of this.#weights.values()) weight.dispose();
  }

  #loss(inputs: Batch, labels: Batch): tf.Scalar {
    const { vocabularySize } = this.#config;
    const wanted = tf.reshape(oneHotRows(labels, vocabularySize), [-1, vocabularySize]);
    const logits = tf.reshape(this.#logits(inputs), [-1, vocabularySize]);
    return tf.losses.softmaxCrossEntropy(wanted, logits) as tf.Scalar;
  }

  #logits(inputs: Batch): tf.Tensor3D {
    const { vocabularySize, contextLength, width, depth } = this.#config;
    const [batch, length] = [inputs.length, inputs[0]!.length];
    const table = this.#weight('embedding.tokens.weight');
    const rows = tf.reshape(oneHotRows(inputs, vocabularySize), [batch * length, vocabularySize]);
    const vectors = tf.reshape(tf.matMul(rows, table), [batch, length, width]);
    const positions = this.#weight('embedding.positions.weight');
    let x = tf.add(vectors, length === contextLength ? positions : tf.slice(positions, 0, length)) as tf.Tensor3D;
    for (let index = 0; index < depth; index++) x = this.#block(x, `blocks.${index}`);
    const hidden = tf.reshape(this.#norm(x, 'norm'), [batch * length, width]);
    return tf.reshape(tf.matMul(hidden, table, false, true), [batch, length, vocabularySize]);
  }

  #block(x: tf.Tensor3D, path: string): tf.Tensor3D {
    const seen = tf.add(x, this.#attention(this.#norm(x, `${path}.mixerNorm`), `${path}.mixer`)) as tf.Tensor3D;
    const up = gelu(this.#linear(this.#norm(seen, `${path}.feedForwardNorm`), `${path}.feedForward.up`));
    return tf.add(seen, this.#linear(up, `${path}.feedForward.down`));
  }

  #attention(x: tf.Tensor3D, path: string): tf.Tensor3D {
    const [batch, length, width] = x.shape;
    const { heads } = this.#config;
    const size = width / heads;
    const split = (y: tf.Tensor) => tf.transpose(tf.reshape(y, [batch, length, heads, size]), [0, 2, 1, 3]);
    const [query, key, value] = ['query', 'key', 'value'].map((part) => split(this.#linear(x, `${path}.${part}`)));
    const scores = tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(size));
    const weights = tf.softmax(tf.add(scores, futureMask(length)));
    const mixed = tf.transpose(tf.matMul(weights, value!), [0, 2, 1, 3]);
    return this.#linear(tf.reshape(mixed, [batch, length, width]) as tf.Tensor3D, `${path}.output`);
  }

  /** Applies a linear layer to flattened rows: tfjs's gradient of matMul throws for other ranks. */
  #linear(x: tf.Tensor3D, path: string): tf.Tensor3D {
    const weight = this.#weight(`${path}.weight`);
    const rows = tf.matMul(tf.reshape(x, [-1, weight.shape[0]!]), weight);
    return tf.reshape(tf.add(rows, this.#weight(`${path}.bias`)), [x.shape[0], x.shape[1], weight.shape[1]!]);
  }

  #norm(x: tf.Tensor3D, path: string): tf.Tensor3D {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normal, this.#weight(`${path}.weight`)), this.#weight(`${path}.bias`));
  }

  #weight(path: string): tf.Tensor2D {
    return this.#weights.get(path) as unknown as tf.Tensor2D;
  }
}

/** One-hot rows, cast from integers: with dtype float32, tfjs's WebAssembly kernel writes the bits of integers. */
function oneHotRows(ids: Batch, depth: number): tf.Tensor {
  const flat = Int32Array.from(ids.flatMap((row) => Array.from(row)));
  return tf.cast(tf.oneHot(tf.tensor2d(flat, [ids.length, flat.length / ids.length], 'int32'), depth), 'float32');
}

/** GELU by its tanh approximation. */
function gelu(x: tf.Tensor3D): tf.Tensor3D {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

/** Causal mask [length, length]: 0 at visible keys, -1e9 at later ones. */
function futureMask(length: number): tf.Tensor2D {
  const position = tf.range(0, length, 1, 'int32');
  const future = tf.greater(tf.expandDims(position, 0), tf.expandDims(position, 1));
  return tf.mul(tf.cast(future, 'float32'), -1e9);
}
