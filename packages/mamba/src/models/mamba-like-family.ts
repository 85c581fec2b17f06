import { depthwise, type Family, linearRules, rule, transposed, type WeightRule } from '@sequitur/pretrained';
import type { CausalConfig, CausalFamily } from '@sequitur/transformer';

interface MambaLikeOptions<Config extends CausalConfig>
  extends Pick<CausalFamily<Config>, 'modelType' | 'readConfig' | 'writeConfig' | 'build'>,
    Required<Pick<Family<Config>, 'presets'>>,
    Pick<Family<Config>, 'recognizes'> {
  readonly classes: readonly [base: string, languageModel: string];
  isTied(config: Config): boolean;
  /** Names of the tensors of one mixer. */
  mixerRules(mixer: string, path: string): readonly WeightRule[];
}

/** A family of language models of state-space mixers, with the names of Hugging Face and of the original repositories. */
export function mambaLikeFamily<Config extends CausalConfig>(options: MambaLikeOptions<Config>): CausalFamily<Config> {
  const { classes, isTied, mixerRules, ...own } = options;
  const [base, languageModel] = classes;
  return {
    ...own,
    classes: { [languageModel]: 'languageModel', [base]: 'none' },
    prefix: 'backbone.',
    rules: (_config, prefix) => [
      rule(`${prefix}embeddings.weight`, 'embedding.tokens.weight'),
      rule(`${prefix}layers.{i}.norm.weight`, 'blocks.{i}.norm.weight'),
      ...mixerRules(`${prefix}layers.{i}.mixer`, 'blocks.{i}.mixer'),
      rule(`${prefix}norm_f.weight`, 'norm.weight'),
    ],
    headRules: (kind) => (kind === 'languageModel' ? [rule('lm_head.weight', 'head.weight', transposed)] : []),
    tiedTensors: (config, prefix) =>
      isTied(config) ? [{ tensor: 'lm_head.weight', to: `${prefix}embeddings.weight`, untied: { tied: false } }] : [],
    // The original repositories call the table `embedding`.
    presentName: (stored) => stored.replace(/^(backbone\.)?embedding\.weight$/, '$1embeddings.weight'),
  };
}

/** The common tensors of Mamba and Mamba-2 mixers. */
export function sharedMixerRules(mixer: string, path: string): WeightRule[] {
  return [
    ...linearRules(`${mixer}.in_proj`, `${path}.input`),
    rule(`${mixer}.conv1d.weight`, `${path}.convolution.weight`, depthwise),
    rule(`${mixer}.conv1d.bias`, `${path}.convolution.bias`),
    rule(`${mixer}.A_log`, `${path}.logDecay`),
    rule(`${mixer}.D`, `${path}.skip`),
    ...linearRules(`${mixer}.out_proj`, `${path}.output`),
  ];
}
