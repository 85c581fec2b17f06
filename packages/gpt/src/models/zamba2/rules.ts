import { linearRules, rule, sameRules, transposed, transposedSideBySide, type WeightRule } from '@sequitur/pretrained';
import { mamba2LayerRules } from '../mamba2-layers.js';
import type { Zamba2Config } from './config.js';

/** The layers that read a shared block, each with its place among them and the first layer that reads the same one. */
export function hybridLayers({ hybrid, sharedBlocks = 1 }: Zamba2Config) {
  const layers = hybrid.flatMap((is, layer) => (is ? [layer] : []));
  return layers.map((layer, place) => ({ layer, place, first: layers[place % sharedBlocks]! }));
}

/** Weight rules of a Zamba2. A shared block is stored where it is first read, with the adapters of all its layers. */
export function zamba2Rules(config: Zamba2Config, prefix: string): WeightRule[] {
  const hybrids = new Map(hybridLayers(config).map((each) => [each.layer, each]));
  const ofLayers = config.hybrid.flatMap((_, layer) => {
    const own = hybrids.get(layer);
    const [theirs, block] = [`${prefix}layers.${layer}`, `blocks.${layer}`];
    const mamba = own ? `${theirs}.mamba_decoder` : theirs;
    return [
      ...sameRules(`${mamba}.input_layernorm`, `${block}.norm`),
      ...mamba2LayerRules(`${mamba}.mamba`, `${block}.mixer`),
      ...linearRules(`${mamba}.mamba.out_proj`, `${block}.mixer.output`),
      ...(own ? linearRules(`${theirs}.linear`, `${block}.link`) : []),
      ...(own?.first === layer ? sharedRules(`${theirs}.shared_transformer`, block) : []),
      ...(own ? adapterRules(`${prefix}layers.${own.first}.shared_transformer`, block, own.place) : []),
    ];
  });
  return [
    rule(`${prefix}embed_tokens.weight`, 'embedding.tokens.weight'),
    ...ofLayers,
    ...sameRules(`${prefix}final_layernorm`, 'norm'),
  ];
}

const both = (path: string, name: string) => ['gate', 'up'].map((part) => `${path}.feedForward.${part}.${name}`);

function sharedRules(theirs: string, block: string): WeightRule[] {
  return [
    ...sameRules(`${theirs}.input_layernorm`, `${block}.attentionNorm`),
    ...sameRules(`${theirs}.pre_ff_layernorm`, `${block}.feedForwardNorm`),
    ...linearRules(`${theirs}.self_attn`, `${block}.attention`, {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    rule(`${theirs}.feed_forward.gate_up_proj.weight`, both(block, 'weight'), transposedSideBySide),
    ...linearRules(`${theirs}.feed_forward.down_proj`, `${block}.feedForward.down`),
  ];
}

function adapterRules(theirs: string, block: string, place: number): WeightRule[] {
  const ofAttention = Object.entries({ q: 'query', k: 'key', v: 'value' }).flatMap(([name, part]) =>
    ['down', 'up'].map((side, index) =>
      rule(
        `${theirs}.self_attn.linear_${name}_adapter_list.${place}.${index}.weight`,
        `${block}.attention.${part}.${side}.weight`,
        transposed,
      ),
    ),
  );
  const list = `${theirs}.feed_forward.gate_up_proj_adapter_list.${place}`;
  return [
    ...ofAttention,
    rule(`${list}.0.weight`, `${block}.feedForward.gate.down.weight`, transposed),
    rule(`${list}.1.weight`, both(block, 'up.weight'), transposedSideBySide),
  ];
}
