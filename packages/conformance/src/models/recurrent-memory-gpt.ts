import {
  crossEntropy,
  disposeState,
  type Observe,
  replaceState,
  type StepContext,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import type { RecurrentMemoryGpt } from '@sequitur/gpt';
import { type StoredTensor, weightRules } from '@sequitur/pretrained';
import { type LanguageModelState, type RecurrentMemoryState, segmentLengths } from '@sequitur/transformer';
import { concat, keep, type Scalar, slice, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { compareIds, compareNumbers, type Finding } from '../comparison.js';
import { readJson } from '../golden.js';
import { matrix } from './causal-under-test.js';
import { compareLossGradients } from './gradients.js';
import type { ModelWithOwnFormat, Rows } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';

interface SegmentedInputs {
  readonly input_ids: Rows;
  readonly attention_mask: Rows;
  readonly labels: Rows;
  readonly labels_mask: Rows;
}

type Expected = ReadonlyMap<string, StoredTensor>;

export async function recurrentMemoryGptUnderTest(
  model: RecurrentMemoryGpt,
  folder: string,
): Promise<ModelWithOwnFormat | null> {
  const inputs = await readJson<SegmentedInputs>(folder, 'inputs.json');
  const generated = await readJson<{ generate_new_tokens?: Rows }>(folder, 'expected.json');
  if (!inputs?.labels_mask) return null;
  const under = new RecurrentMemoryUnderTest(model, inputs);
  return {
    model,
    rules: weightRules(model),
    compare: (expected) => under.compare(expected, generated?.generate_new_tokens),
  };
}

class RecurrentMemoryUnderTest {
  constructor(
    readonly model: RecurrentMemoryGpt,
    readonly inputs: SegmentedInputs,
  ) {}

  async compare(expected: Expected, generated: Rows | undefined): Promise<Finding[]> {
    const masked = { attentionMask: matrix(this.inputs.attention_mask) };
    const findings = [
      ...(await this.#compareForward('nomask', {}, expected)),
      ...(await this.#compareForward('masked', masked, expected)),
      ...(await this.#compareTraining('train', masked, this.inputs.labels_mask, expected)),
      ...(await this.#compareTraining('train_nolabelmask', {}, null, expected)),
      ...(await this.#compareGradients(expected)),
    ];
    masked.attentionMask.dispose();
    if (generated) findings.push(compareIds('generate', await this.#write(generated[0]!.length), generated));
    return findings;
  }

  /** Reads segment by segment and writes the memory after each. Tensors belong to the enclosing tidy scope. */
  #read(context: StepContext, tag: string): Record<string, Tensor> {
    const outputs: Record<string, Tensor> = {};
    const hidden: Tensor[] = [];
    const logitsOfAll: Tensor[] = [];
    const observe: Observe = (name, tensor) => {
      if (name === 'norm') hidden.push(keep(tensor.clone()));
    };
    let state = this.#start();
    for (const [index, { start, count }] of this.#segments().entries()) {
      const rows = this.inputs.input_ids.map((row) => row.slice(start, start + count));
      const attentionMask = context.attentionMask && slice(context.attentionMask, [0, start], [-1, count]);
      const step = this.model.step(tokenTensor(rows, this.model.vocabularySize), state, { observe, attentionMask });
      state = this.model.endSegment(step.state);
      logitsOfAll.push(step.logits);
      outputs[`${tag}/logits_${index}`] = step.logits;
      outputs[`${tag}/memory_state_${index}`] = state.memory!;
    }
    outputs[`${tag}/logits`] = concat(logitsOfAll, 1);
    outputs[`${tag}/hidden_states.last`] = concat(hidden, 1);
    for (const tensor of hidden) tensor.dispose();
    return outputs;
  }

  async #compareForward(tag: string, context: StepContext, expected: Expected): Promise<Finding[]> {
    return compareAll(
      scoped(() => this.#read(context, tag)),
      expected,
    );
  }

  async #compareTraining(tag: string, context: StepContext, mask: Rows | null, expected: Expected): Promise<Finding[]> {
    const logits = `${tag}/logits`;
    const outputs = scoped(() => ({
      [logits]: this.#read(context, tag)[logits]!,
      [`${tag}/loss`]: this.#loss(context, mask),
    }));
    return compareAll(outputs, expected);
  }

  /** Gradients of the last run, which has no masks: in the original each run overwrites them. */
  async #compareGradients(expected: Expected): Promise<Finding[]> {
    const under = { model: this.model, rules: weightRules(this.model) };
    const findings: Finding[] = [];
    for (const prefix of ['', 'train_nolabelmask/']) {
      const own = [...expected].filter(([name]) => name.startsWith(`${prefix}grad/`));
      const tensors = new Map(own.map(([name, value]) => [name.slice(prefix.length), value]));
      const compared = await compareLossGradients(under, () => this.#loss({}, null), { tensors, norms: {} });
      findings.push(...compared.map((finding) => ({ ...finding, name: prefix + finding.name })));
    }
    return findings;
  }

  /** The whole sequence in one step; the logits of a token predict the next one's label. */
  #loss(context: StepContext, mask: Rows | null): Scalar {
    const { input_ids: ids, labels } = this.inputs;
    const shifted = labels.map((row, i) => [
      ...row.slice(1).map((label, column) => (mask && mask[i]![column] === 0 ? -100 : label)),
      -100,
    ]);
    const { logits, state } = this.model.step(tokenTensor(ids, this.model.vocabularySize), this.#start(), context);
    disposeState(state);
    return crossEntropy(logits, tensor2d(shifted, [ids.length, ids[0]!.length], 'int32'));
  }

  /** Generation as in the original: only the inner model continues after the memory tokens of the last segment. */
  async #write(count: number): Promise<number[][]> {
    const { input_ids: ids } = this.inputs;
    const { model } = this.model;
    const last = this.#segments().at(-1)!;
    let { logits, state } = scoped(() => {
      const before = this.#readTo(last.start);
      const held = { ...before, room: Number.MAX_SAFE_INTEGER, segmentLength: Number.MAX_SAFE_INTEGER };
      const tokens = tokenTensor(
        ids.map((row) => row.slice(last.start)),
        model.vocabularySize,
      );
      const { memory, inner } = this.model.step(tokens, held).state;
      const behind = model.readVectors(memory!, inner as LanguageModelState, { logits: 'last' });
      return { logits: model.logitsOf(behind.hidden), state: behind.state };
    });
    const written: number[][] = ids.map(() => []);
    while (written[0]!.length < count) {
      const values = (await logits.data()) as Float32Array;
      const chosen = ids.map((_, row) =>
        greedy(values.subarray(row * model.vocabularySize, (row + 1) * model.vocabularySize)),
      );
      for (const [row, token] of chosen.entries()) written[row]!.push(token);
      const next = scoped(() =>
        model.step(
          tokenTensor(
            chosen.map((token) => [token]),
            model.vocabularySize,
          ),
          state,
        ),
      );
      logits.dispose();
      state = replaceState(state, next.state);
      logits = next.logits;
    }
    disposeState([logits, state]);
    return written;
  }

  /** The state after `position` tokens, at the end of a segment. Tensors belong to the enclosing tidy scope. */
  #readTo(position: number): RecurrentMemoryState {
    if (position === 0) return this.#start();
    const rows = this.inputs.input_ids.map((row) => row.slice(0, position));
    return this.model.step(tokenTensor(rows, this.model.vocabularySize), this.#start()).state;
  }

  #lengths() {
    const { segmentLength, alignment = 'left' } = this.model.config;
    return segmentLengths(this.inputs.input_ids[0]!.length, segmentLength, alignment);
  }

  #start(): RecurrentMemoryState {
    const { first, later } = this.#lengths();
    return this.model.initState(this.inputs.input_ids.length, first, later);
  }

  #segments(): { start: number; count: number }[] {
    const { first, later } = this.#lengths();
    const length = this.inputs.input_ids[0]!.length;
    const segments: { start: number; count: number }[] = [];
    for (let start = 0; start < length; start += segments.at(-1)!.count) {
      segments.push({ start, count: Math.min(start === 0 ? first : later, length - start) });
    }
    return segments;
  }
}

/** Index of the largest logit. */
function greedy(logits: Float32Array): number {
  return logits.reduce((best, logit, token) => (logit > logits[best]! ? token : best), 0);
}

async function compareAll(outputs: Readonly<Record<string, Tensor>>, expected: Expected): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, { values }] of await readOutputs(outputs)) {
    const wanted = expected.get(name);
    if (wanted) findings.push(compareNumbers(name, values, wanted.values));
  }
  return findings;
}
