/** The class that reads each `model_type` in the packages of Sequitur. */
export const entryPoints: Readonly<Record<string, string>> = {
  ...spread('Gpt of @sequitur/gpt', [
    ...['gpt2', 'gpt_neox', 'gpt_neo', 'bloom', 'llama', 'mistral', 'qwen2', 'qwen3', 'smollm3', 'granite'],
    ...['gemma', 'gemma2', 'gemma3_text', 'cohere', 'cohere2', 'glm', 'glm4', 'olmo2', 'olmo3', 'phi', 'phi3'],
    ...[
      'stablelm',
      'starcoder2',
      'gptj',
      'falcon',
      'opt',
      'lfm2',
      'mixtral',
      'qwen2_moe',
      'qwen3_moe',
      'gpt_oss',
      'deepseek_v2',
      'deepseek_v3',
      'bamba',
      'jamba',
      'granitemoehybrid',
      'falcon_h1',
      'zamba2',
    ],
  ]),
  ...spread('TransformerXl of @sequitur/gpt', ['transfo-xl']),
  ...spread('MemoryTransformerXl of @sequitur/gpt', ['lm-rmt']),
  ...spread('RecurrentMemoryGpt of @sequitur/gpt', ['rmt-gpt2']),
  ...spread('Bert of @sequitur/bert', [
    ...['bert', 'roberta', 'xlm-roberta', 'distilbert', 'electra', 'albert', 'modernbert', 'longformer', 'big_bird'],
    'deberta-v2',
  ]),
  ...spread('SequenceToSequence of @sequitur/transformer', [
    ...['t5', 'mt5', 'umt5', 'bart', 'mbart', 'm2m_100', 'marian', 'blenderbot', 'pegasus'],
  ]),
  ...spread('LanguageModel of @sequitur/transformer', ['sequitur-language-model']),
  ...spread('Mamba of @sequitur/mamba', ['mamba', 'falcon_mamba']),
  ...spread('Mamba2 of @sequitur/mamba', ['mamba2']),
};

function spread(entryPoint: string, modelTypes: readonly string[]): Record<string, string> {
  return Object.fromEntries(modelTypes.map((modelType) => [modelType, entryPoint]));
}

/** A hint which class reads a `model_type`, if any. */
export function entryPointOf(modelType: string): string {
  return Object.hasOwn(entryPoints, modelType)
    ? `${modelType} is read by ${entryPoints[modelType]}`
    : `No package of Sequitur builds ${modelType}`;
}
