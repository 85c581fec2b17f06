import { fileURLToPath } from 'node:url';
import { phonemeCorpus, phonemeScores } from '@sequitur/example-translation/phonemes.js';
import { onEachBackend } from '@sequitur/laws';
import { SequenceToSequence, translate } from '@sequitur/transformer';
import { expect, it } from 'vitest';
import results from '../folders/pronounce/results.json' with { type: 'json' };

const folder = fileURLToPath(new URL('../folders/pronounce', import.meta.url));

/** Number of test words, evenly spaced in the held-out set. */
const WORDS = 150;

onEachBackend('pronounce', () => {
  it('has the error rate of its card on held-out words', async () => {
    const { test } = phonemeCorpus().splits;
    const some = test.filter((_, index) => index % Math.floor(test.length / WORDS) === 0);
    const model = await SequenceToSequence.fromPretrained(folder);
    const written = await translate(
      model,
      some.map(({ source }) => source),
      { batchSize: 50 },
    );
    model.dispose();
    const scores = phonemeScores(written, some);
    // Four standard deviations of a proportion of `WORDS` samples.
    const share = results['word error'];
    const spread = 4 * Math.sqrt((share * (1 - share)) / some.length);
    expect(Math.abs(scores['word error'] - share)).toBeLessThan(spread);
    expect(Math.abs(scores['phoneme error'] - results['phoneme error'])).toBeLessThan(spread / 2);
  });
});
