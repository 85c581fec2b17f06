import {
  crossEntropy,
  disposeState,
  generate,
  type Observe,
  type StepContext,
  type StoredTensor,
  scoped,
  type StateTree,
  tokenTensor,
} from '@sequitur/core';
import {
  loadRecurrentMemoryGpt,
  type RecurrentMemoryGptConfig,
  readRecurrentMemoryGptConfig,
  recurrentMemoryGptRules,
} from '@sequitur/gpt';
import { type RecurrentMemoryModel, type RecurrentMemoryState, segmentLengths } from '@sequitur/transformer';
import { concat, keep, type Scalar, slice, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { compareIds, compareNumbers, type Finding } from '../comparison.js';
import { readJson } from '../golden.js';
import { matrix } from './causal-under-test.js';
import { compareLossGradients } from './gradients.js';
import type { ModelFamily, Rows } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';

interface SegmentedInputs {
  readonly input_ids: Rows;
  readonly attention_mask: Rows;
  readonly labels: Rows;
  readonly labels_mask: Rows;
}

type Expected = ReadonlyMap<string, StoredTensor>;

export const recurrentMemoryGptFamily: ModelFamily = {
  modelType: 'rmt-gpt2',
  open: async (json, _architectures, checkpoint, folder) => {
    const inputs = await readJson<SegmentedInputs>(folder, 'inputs.json');
    const generated = await readJson<{ generate_new_tokens?: Rows }>(folder, 'expected.json');
    if (!inputs?.labels_mask) return null;
    const config = readRecurrentMemoryGptConfig(json);
    const model = await loadRecurrentMemoryGpt(config, checkpoint);
    const under = new RecurrentMemoryUnderTest(model, config, inputs);
    return { model, compare: (expected) => under.compare(expected, generated?.generate_new_tokens) };
  },
};

class RecurrentMemoryUnderTest {
  constructor(
    readonly model: RecurrentMemoryModel,
    readonly config: RecurrentMemoryGptConfig,
    readonly inputs: SegmentedInputs,
  ) {}

  async compare(expected: Expected, generated: Rows | undefined): Promise<Finding[]> {
    const masked = { visible: matrix(this.inputs.attention_mask) };
    const findings = [
      ...(await this.#compareForward('nomask', {}, expected)),
      ...(await this.#compareForward('masked', masked, expected)),
      ...(await this.#compareTraining('train', masked, this.inputs.labels_mask, '', expected)),
      ...(await this.#compareTraining('train_nolabelmask', {}, null, 'train_nolabelmask/', expected)),
    ];
    masked.visible.dispose();
    if (generated) findings.push(compareIds('generate', await this.#write(generated[0]!.length), generated));
    return findings;
  }

  /** Segment by segment, the memory written behind each. Tensors of the scope around. */
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
      const visible = context.visible && slice(context.visible, [0, start], [-1, count]);
      const step = this.model.step(tokenTensor(rows, this.model.vocabularySize), state, { observe, visible });
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

  async #compareTraining(
    tag: string,
    context: StepContext,
    mask: Rows | null,
    gradientPrefix: string,
    expected: Expected,
  ): Promise<Finding[]> {
    const loss = () => this.#loss(context, mask);
    const whole = scoped(() => ({ [`${tag}/logits`]: this.#read(context, tag)[`${tag}/logits`]!, [`${tag}/loss`]: loss() }));
    const findings = await compareAll(whole, expected);
    const under = { model: this.model, rules: recurrentMemoryGptRules(this.config) };
    const gradients = new Map(
      [...expected].flatMap(([name, value]) =>
        name.startsWith(`${gradientPrefix}grad/`) ? [[name.slice(gradientPrefix.length), value] as const] : [],
      ),
    );
    const compared = await compareLossGradients(under, loss, { tensors: gradients, norms: {} });
    return [...findings, ...compared.map((finding) => ({ ...finding, name: gradientPrefix + finding.name }))];
  }

  /** The whole text in one step; the logits of a token foretell the next one's label. */
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

  /** All segments but the last as they are, the last going on without an end. */
  async #write(count: number): Promise<number[][]> {
    const { input_ids: ids } = this.inputs;
    const last = this.#segments().at(-1)!;
    const before = ids.map((row) => row.slice(0, last.start));
    const state = scoped(() => {
      const read = this.model.step(tokenTensor(before, this.model.vocabularySize), this.#start()).state;
      return { ...read, room: Number.MAX_SAFE_INTEGER, segmentLength: Number.MAX_SAFE_INTEGER } as RecurrentMemoryState;
    });
    const goingOn = Object.assign(Object.create(this.model) as RecurrentMemoryModel, {
      initState: (): StateTree => ({ ...state, ...(state.memory && { memory: state.memory.clone() }) }),
    });
    const written: number[][] = ids.map(() => []);
    const prompts = ids.map((row) => row.slice(last.start));
    for await (const tokens of generate(goingOn, prompts, { maxTokens: count })) {
      for (const [row, token] of tokens.entries()) written[row]!.push(token!);
    }
    disposeState(state);
    return written;
  }

  #lengths() {
    const { segmentLength, alignment } = this.config;
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

async function compareAll(outputs: Readonly<Record<string, Tensor>>, expected: Expected): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, { values }] of await readOutputs(outputs)) {
    const wanted = expected.get(name);
    if (wanted) findings.push(compareNumbers(name, values, wanted.values));
  }
  return findings;
}
