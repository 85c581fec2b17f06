import type { StateTree } from '@sequitur/core';
import type { Mamba, Mamba2 } from '@sequitur/mamba';
import { weightRules } from '@sequitur/pretrained';
import type { MambaState } from '@sequitur/ssm';
import { stack, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding } from '../comparison.js';
import type { CompareState } from './cache.js';
import { causalUnderTest } from './causal-under-test.js';
import type { ModelUnderTest } from './model-under-test.js';

/** A Mamba or Mamba-2, with or without its head. */
export function stateSpaceUnderTest(model: Mamba | Mamba2): ModelUnderTest {
  const { depth } = model.config;
  return causalUnderTest({
    model,
    rules: weightRules(model),
    outputName: (observed) => recurrentOutputName(observed, depth),
    compareState: recurrentStates,
    ...(model.headKind === 'none' && { lastHiddenState: `hidden_states.${depth}` }),
  });
}

/**
 * Hugging Face's state-space models number hidden states from the first block, and append the output of the final norm.
 */
function recurrentOutputName(observed: string, depth: number): string | null {
  if (observed === 'norm') return `hidden_states.${depth}`;
  const [, index] = /^blocks\.(\d+)\.output$/.exec(observed) ?? [];
  return index === undefined ? null : `hidden_states.${index}`;
}

/** `conv_states` and `ssm_states`, all layers in one tensor. */
const recurrentStates: CompareState = async (stage, state, expected) => {
  const { blocks } = state as unknown as { blocks: readonly MambaState[] } & StateTree;
  const findings: Finding[] = [];
  const compare = async (name: string, found: Tensor, values: ArrayLike<number | bigint>) => {
    findings.push(compareNumbers(name, await found.data(), values));
    found.dispose();
  };
  const scan = expected.get(`cache/${stage}_ssm_states`);
  if (scan) await compare(`cache/${stage}_ssm_states`, stack(blocks.map((block) => block.scan)), scan.values);
  const convolution = expected.get(`cache/${stage}_conv_states`);
  if (convolution) {
    const found = tidy(() => transpose(stack(blocks.map((block) => block.convolution)), [0, 1, 3, 2]));
    const kernel = convolution.shape.at(-1)!;
    // Hugging Face also keeps the oldest position, which later steps do not use.
    const wanted = (convolution.values as Float32Array).filter((_, i) => i % kernel > 0);
    await compare(`cache/${stage}_conv_states`, found, wanted);
  }
  return findings;
};
