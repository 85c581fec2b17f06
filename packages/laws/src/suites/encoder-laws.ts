import { type Encoder, scoped } from '@sequitur/core';
import { concat, dispose, memory, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { drawTokens } from '../draw.js';
import { expectClose } from '../expect-close.js';
import { onEachBackend } from '../on-each-backend.js';
import { weighed } from './differentiable.js';
import { gradientLaws } from './gradient-laws.js';
import { filled, type LawOptions } from './law-options.js';
import { moduleLaws } from './module-laws.js';
import { part, row } from './recurrence.js';
import { refusalLaws } from './refusal-laws.js';

/**
 * Every law of encoders, on every backend: call it with a small encoder without dropout.
 *
 * @param create creates the same uninitialized encoder every time
 */
export function encoderLaws(name: string, create: () => Encoder, options: LawOptions = {}): void {
  const { length = 9, tolerance = 3e-5 } = options;
  const agreed = {};
  onEachBackend(name, () => {
    const open = () => filled(create(), options);
    const draw = (encoder: Encoder, batch: number, seed = 'text') =>
      drawTokens(batch, length, encoder.vocabularySize, seed);
    moduleLaws(create, { parameters: options.cost?.(1).parameters });

    it('computes each row of a batch independently', async () => {
      const encoder = await open();
      const [found, wanted] = scoped(() => {
        const tokens = draw(encoder, 3);
        return [encoder.encode(tokens), concat([0, 1, 2].map((index) => encoder.encode(row(tokens, index))))];
      });
      await expectClose(found, wanted, tolerance);
      encoder.dispose();
    });

    it('is unaffected by padding at the right and the tokens in it', async () => {
      const encoder = await open();
      const real = length - 3;
      const [found, wanted] = scoped(() => {
        const tokens = concat([part(draw(encoder, 1), 0, real), part(draw(encoder, 1, 'padding'), real, 3)], 1);
        const attentionMask = tensor2d([Array.from({ length }, (_, i) => Number(i < real))], [1, length], 'int32');
        const padded = encoder.encode(tokens as Tensor2D, { attentionMask });
        return [part(padded, 0, real), encoder.encode(part(tokens as Tensor2D, 0, real))];
      });
      await expectClose(found, wanted, tolerance);
      encoder.dispose();
    });

    it('is unaffected by the tokens in padding before and after a sequence', async () => {
      const encoder = await open();
      const attentionMask = tensor2d([Array.from({ length }, (_, i) => Number(i > 1 && i < length - 2))]);
      const [found, wanted] = scoped(() => {
        const [tokens, other] = [draw(encoder, 1), draw(encoder, 1, 'padding')];
        const middle = part(tokens, 2, length - 4);
        const padded = concat([part(other, 0, 2), middle, part(other, length - 2, 2)], 1) as Tensor2D;
        return [tokens, padded].map((row) => part(encoder.encode(row, { attentionMask }), 2, length - 4)) as [
          Tensor,
          Tensor,
        ];
      });
      await expectClose(found, wanted, tolerance);
      attentionMask.dispose();
      encoder.dispose();
    });

    refusalLaws(async () => {
      const encoder = await open();
      return { read: (tokens, context) => encoder.encode(tokens, context), dispose: () => encoder.dispose() };
    });

    it('leaks no tensors', async () => {
      const encoder = await open();
      const tokens = draw(encoder, 2);
      const before = memory().numTensors;
      const output = encoder.encode(tokens);
      expect(memory().numTensors - before).toBe(1);
      dispose([output, tokens]);
      encoder.dispose();
    });

    gradientLaws(
      async () => {
        const encoder = await open();
        return {
          module: encoder,
          f: () => scoped(() => weighed(encoder.encode(draw(encoder, 2)))),
          dispose: () => encoder.dispose(),
        };
      },
      { ...options, tolerance, agreed },
    );
  });
}
