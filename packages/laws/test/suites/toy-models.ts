import {
  type CausalModel,
  Embedding,
  type EncodeContext,
  type Encoder,
  expectEncoded,
  expectTokens,
  Linear,
  Module,
  type SequenceToSequenceModel,
  type StepContext,
  scoped,
} from '@sequitur/core';
import {
  add,
  cast,
  cumsum,
  div,
  expandDims,
  keep,
  maximum,
  mul,
  ones,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';

const WIDTH = 5;
const VOCABULARY = 7;

/** Adds to each position the mean over all real positions. */
export class MeanEncoder extends Module implements Encoder {
  readonly vocabularySize = VOCABULARY;
  readonly contextLength = Infinity;
  readonly tokens = new Embedding(VOCABULARY, WIDTH);
  readonly output = new Linear(WIDTH, WIDTH);

  encode(tokens: Tensor2D, context: EncodeContext = {}): Tensor3D {
    expectEncoded('MeanEncoder', tokens, context);
    const { attentionMask } = context;
    return scoped(() => {
      const x = this.tokens.lookup(tokens);
      const real = cast(attentionMask ?? ones(tokens.shape), 'float32'); // [batch, length]
      const total = sum(mul(x, expandDims(real, 2)), 1, true);
      const mean = div(total, maximum(expandDims(sum(real, 1, true), 2), 1));
      return this.output.apply(tanh(add(x, mean)) as Tensor3D);
    });
  }
}

/** Sum of the embeddings of all tokens so far. */
type Total = { readonly total: Tensor };

/** Sums the embeddings of the tokens, starting from an encoding of the source. */
class SummingDecoder extends Module implements CausalModel<Total> {
  readonly vocabularySize = VOCABULARY;
  readonly contextLength = Infinity;
  readonly tokens = new Embedding(VOCABULARY, WIDTH);
  readonly output = new Linear(WIDTH, VOCABULARY);

  initState(batchSize: number): Total {
    return { total: zeros([batchSize, WIDTH]) };
  }

  step(tokens: Tensor2D, state: Total, context: StepContext = {}) {
    return this.stepFrom(null, tokens, state, context);
  }

  stepFrom(start: Tensor | null, tokens: Tensor2D, { total }: Total, context: StepContext) {
    expectTokens('SummingDecoder', tokens);
    const { logits } = context;
    return scoped(() => {
      const sums = add(cumsum(this.tokens.lookup(tokens), 1), expandDims(total, 1)); // [batch, length, width]
      const [batch, length] = tokens.shape;
      const read = start ? add(sums, expandDims(start, 1)) : sums;
      const all = this.output.apply(tanh(read) as Tensor3D);
      return {
        logits: logits === 'last' ? slice(all, [0, length - 1, 0], [batch, 1, VOCABULARY]) : all,
        state: { total: sum(slice(sums, [0, length - 1, 0], [batch, 1, WIDTH]), 1) as Tensor },
      };
    });
  }
}

/** An encoder-decoder whose decoder starts from the mean of the encoder's output. */
export class SummingTranslator extends Module implements SequenceToSequenceModel {
  readonly vocabularySize = VOCABULARY;
  readonly contextLength = Infinity;
  readonly encoder = new MeanEncoder();
  readonly decoder = new SummingDecoder();

  conditionedOn(source: Tensor2D, context: EncodeContext = {}): CausalModel {
    const start = scoped(() => {
      expectEncoded('SummingTranslator', source, context);
      const real = expandDims(cast(context.attentionMask ?? ones(source.shape), 'float32'), 2);
      const read = mul(this.encoder.encode(source, context), real);
      return keep(div(sum(read, 1), maximum(sum(real, 1), 1)));
    });
    return new Conditioned(this.decoder, start);
  }
}

class Conditioned extends SummingDecoder {
  readonly #decoder: SummingDecoder;
  readonly #start: Tensor;

  constructor(decoder: SummingDecoder, start: Tensor) {
    super();
    this.#decoder = decoder;
    this.#start = start;
  }

  override step(tokens: Tensor2D, state: Total, context: StepContext = {}) {
    return this.#decoder.stepFrom(this.#start, tokens, state, context);
  }

  override dispose(): void {
    this.#start.dispose();
  }
}
