import {
  type CausalModel,
  crossEntropy,
  disposeState,
  type Observe,
  type StepContext,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import type { WeightRule } from '@sequitur/pretrained';
import { add, keep, mul, type Tensor, type Tensor2D, type Tensor3D, tensor2d } from '@tensorflow/tfjs-core';
import { type CompareState, compareCache } from './cache.js';
import type { Labels, ModelInputs, ModelUnderTest, Outputs, Rows } from './model-under-test.js';

export interface CausalParts {
  readonly model: CausalModel;
  readonly rules: readonly WeightRule[];
  /** Name of our observation -> name of the Hugging Face output, or null if there is none. */
  outputName(observed: string): string | null;
  /** Our name of the last hidden state, for classes without a head. */
  readonly lastHiddenState?: string;
  /** Factor of the load-balancing loss of experts. */
  readonly balanceCoefficient?: number | undefined;
  /** Comparison of the state with a Hugging Face cache; default: keys and values. */
  readonly compareState?: CompareState;
  /** Outputs of heads other than next-token prediction, such as classification. */
  readonly head?: (logits: Tensor3D, inputs: ModelInputs, labels: Labels | undefined) => Outputs;
}

/** Adapter that gives a causal model the interface of its Hugging Face class. */
export function causalUnderTest(parts: CausalParts): ModelUnderTest {
  const { model, rules, head = nextTokenHead, lastHiddenState } = parts;
  return {
    model,
    rules,
    forward: (inputs, labels, observing) => {
      const observed: Record<string, Tensor> = {};
      const collect = (name: string, tensor: Tensor) => {
        const output = parts.outputName(name);
        if (output) observed[output] = keep(tensor.clone());
      };
      const observe: Observe = Object.assign(collect, {
        isObserved: (name: string) => parts.outputName(name) !== null,
      });
      const outputs = scoped(() => {
        const tokens = tokenTensor(inputs.input_ids, model.vocabularySize);
        const context = { ...contextOf(inputs), ...((observing || lastHiddenState) && { observe }) };
        const routed: Tensor2D[] = [];
        const onRouted = (ofRouter: Tensor2D) => void routed.push(keep(ofRouter.clone()));
        const routing = inputs.output_router_logits ? { onRouted } : {};
        const { logits, state } = model.step(tokens, model.initState(tokens.shape[0]), { ...context, ...routing });
        disposeState(state);
        if (lastHiddenState) return {};
        const outputs = head(logits, inputs, labels);
        return inputs.output_router_logits
          ? { ...outputs, ...routerOutputs(parts, routed, context, outputs) }
          : outputs;
      });
      if (lastHiddenState) observed.last_hidden_state = keep(observed[lastHiddenState]!.clone());
      return { ...observed, ...outputs };
    },
    startGeneration: (inputs) => ({ model, prompts: realTokens(inputs) }),
    compareMore: async (inputs, expected) =>
      expected.has('cache/prefill_logits') ? compareCache(model, inputs, expected, parts.compareState) : [],
  };
}

/** Router logits, and the losses including the load-balancing loss. */
function routerOutputs(
  { model: { balance }, balanceCoefficient = 0 }: CausalParts,
  routed: readonly Tensor2D[],
  { attentionMask }: StepContext,
  { loss }: Outputs,
): Outputs {
  const aux = balance!.loss(routed, attentionMask);
  return {
    ...Object.fromEntries(routed.map((logits, router) => [`router_logits.${router}`, logits])),
    aux_loss: aux,
    ...(loss && { loss: add(loss, mul(aux, balanceCoefficient)) }),
  };
}

/** The inputs other than tokens, as tensors of the enclosing tidy scope. */
export function contextOf({ attention_mask: mask, position_ids: positions }: ModelInputs): StepContext {
  return { ...(mask && { attentionMask: matrix(mask) }), ...(positions && { positions: matrix(positions) }) };
}

/** int32 [rows, columns]. */
export function matrix(rows: Rows): Tensor2D {
  return tensor2d(rows as number[][], [rows.length, rows[0]!.length], 'int32');
}

/** The rows of `input_ids` without their padding. */
export function realTokens({ input_ids: ids, attention_mask: mask }: ModelInputs): Rows {
  return mask ? ids.map((row, i) => row.filter((_, column) => mask[i]![column] === 1)) : ids;
}

/** Logits, and the loss with labels shifted as in Hugging Face. */
function nextTokenHead(logits: Tensor3D, inputs: ModelInputs, labels: Labels | undefined): Outputs {
  const rows = labels?.labels as Rows | undefined;
  if (!rows) return { logits };
  // The logits at a token predict the label of the next one; those at the last token are unused.
  const shifted = rows.map((row) => [...row.slice(1), -100]);
  return { logits, loss: crossEntropy(logits, tensor2d(shifted, [rows.length, inputs.input_ids[0]!.length], 'int32')) };
}
