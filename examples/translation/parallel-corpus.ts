import { bleu, trainByteLevelTokenizer } from '@sequitur/text';
import type { Corpus, Example } from './corpus.js';
import { type ParallelFiles, readParallelFiles } from './parallel-files.js';

export interface ParallelCorpusOptions extends ParallelFiles {
  /** Size of the vocabulary that both languages share. */
  readonly vocabularySize: number;
}

/**
 * Reads sentences with their translations, and trains a byte-pair vocabulary on both sides of the training set.
 *
 * @throws SequiturError if files are missing, or a line has no counterpart
 */
export async function parallelCorpus({ vocabularySize, ...files }: ParallelCorpusOptions): Promise<Corpus> {
  const { from, to } = files;
  const splits = await readParallelFiles(files);
  const texts = splits.training.flatMap(({ source, targets }) => [source, ...targets]);
  const tokenizer = await trainByteLevelTokenizer(texts, {
    ...{ vocabularySize, specialTokens: ['</s>', '<unk>', '<pad>'], endToken: '</s>', paddingToken: '<pad>' },
  });
  const encoded = (text: string) => tokenizer.encode(text, { specialTokens: true });
  const contextLength = 128;
  return {
    name: from && to ? `${from} to ${to}` : 'a parallel corpus',
    tokenizer,
    splits: { ...splits, training: splits.training.filter(fits) },
    encode: (source, target) => ({
      source: encoded(source).slice(0, contextLength),
      target: encoded(target).slice(0, contextLength),
    }),
    score: (predictions, references) => {
      const { score, signature, brevityPenalty } = bleu(
        predictions,
        references.map(({ targets }) => targets),
      );
      return { BLEU: score, 'brevity penalty': brevityPenalty, signature };
    },
    settings: {
      unit: 'nats per token',
      model: { width: 128, depth: 2, heads: 4, contextLength, dropout: 0.1 },
      ...{ batchSize: 32, peak: 1.5e-3, beams: 4 },
    },
  };
}

/** Whether a sentence is short enough not to slow down a whole batch. */
function fits({ source, targets }: Example): boolean {
  return source.length <= 400 && targets.every((target) => target.length <= 400);
}
