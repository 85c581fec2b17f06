import {
  type GeneratedSequence,
  type GenerateOptions,
  type GenerationPrompt,
  type GenerationSettings,
  generateSequences,
  paddingOf,
  readGenerationSettings,
} from '@sequitur/generation';
import { compareIds, compareNumbers, type Finding } from '../comparison.js';
import { realTokens } from './causal-under-test.js';
import type { ModelInputs, ModelUnderTest, Rows } from './model-under-test.js';

export interface GenerateCase {
  readonly name: string;
  readonly kwargs: GenerationSettings;
  readonly inputs: ModelInputs;
  readonly sequences: Rows;
  readonly sequences_scores?: readonly number[] | null;
}

/**
 * Generates with the settings of a case, and compares the ids (padded at the right as in Hugging Face) and the scores
 * of a beam search.
 *
 * @param defaults settings that the case does not override
 */
export async function compareGenerate(
  under: ModelUnderTest,
  { name: caseName, kwargs, inputs, sequences, sequences_scores: scores }: GenerateCase,
  defaults: GenerationSettings,
): Promise<Finding[]> {
  const name = `generate/${caseName}`;
  if (!under.startGeneration)
    return [{ name, verdict: 'unsupported', detail: 'this class does not generate in the comparison' }];
  const settings = { ...defaults, ...kwargs };
  const { model, prompts, dispose } = under.startGeneration(inputs, settings);
  try {
    const read = realTokens(inputs);
    // A decoder conditioned on a source starts from other tokens than the input's.
    const continuesInput = JSON.stringify(prompts) === JSON.stringify(read);
    const begun = continuesInput ? inputs.input_ids : prompts;
    const options = optionsOf(settings, { length: begun[0]!.length, ...(!continuesInput && { sources: read }) });
    if (typeof options === 'string') return [{ name, verdict: 'unsupported', detail: options }];
    const texts = await generateSequences(model, prompts, options);
    const found = texts.flatMap((own, row) =>
      own.map((text) => [...begun[row]!, ...writtenBy(text, options.beamSearch ? options.endTokens : undefined)]),
    );
    const findings = [compareIds(name, filledUp(found, paddingOf(settings)), sequences)];
    if (!scores) return findings;
    const foundScores = texts.flat().map(({ score }) => score ?? Number.NaN);
    return [...findings, compareNumbers(`${name}/sequences_scores`, foundScores, scores)];
  } finally {
    dispose?.();
  }
}

/** The generation options of a case, or the reason why it cannot be compared. */
function optionsOf(settings: GenerationSettings, prompt: GenerationPrompt): GenerateOptions | string {
  if (settings.do_sample) return 'do_sample = true draws random tokens, which cannot be compared';
  try {
    return readGenerationSettings(settings, prompt);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Hugging Face's beam search always writes the first of several end tokens. */
function writtenBy({ tokens, finish }: GeneratedSequence, endTokens: readonly number[] | undefined): readonly number[] {
  return finish === 'end' && endTokens ? [...tokens.slice(0, -1), endTokens[0]!] : tokens;
}

function filledUp(rows: Rows, padding: number): Rows {
  const length = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...new Array<number>(length - row.length).fill(padding)]);
}
