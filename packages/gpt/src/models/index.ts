import type { CausalFamily } from '@sequitur/transformer';
import { bloomFamily } from './bloom/hugging-face.js';
import { gemmaFamily } from './gemma/hugging-face.js';
import type { GptConfig } from './gpt-family.js';
import { gptNeoFamily } from './gpt-neo/hugging-face.js';
import { gptNeoxFamily } from './gpt-neox/hugging-face.js';
import { gpt2Family } from './gpt2/hugging-face.js';
import { llamaFamily } from './llama/hugging-face.js';
import { mistralFamily } from './mistral/hugging-face.js';
import { qwen2Family } from './qwen2/hugging-face.js';

export type { BloomConfig } from './bloom/config.js';
export type { GemmaConfig } from './gemma/config.js';
export { type GptConfig, type GptFamilyOptions, gptFamily } from './gpt-family.js';
export type { GptNeoConfig, NeoReach } from './gpt-neo/config.js';
export type { GptNeoxConfig } from './gpt-neox/config.js';
export { type Gpt2Config, gpt2Presets } from './gpt2/config.js';
export { buildLlamaLike, type LlamaVariation } from './llama/build.js';
export type { BiasedLlamaConfig, LlamaConfig } from './llama/config.js';
export type { MistralConfig } from './mistral/config.js';
export type { Qwen2Config } from './qwen2/config.js';
export { bloomFamily, gemmaFamily, gpt2Family, gptNeoFamily, gptNeoxFamily, llamaFamily, mistralFamily, qwen2Family };

/** All families of decoder-only models of this package. */
export const gptFamilies: readonly CausalFamily<GptConfig>[] = [
  ...[gpt2Family, gptNeoxFamily, gptNeoFamily, bloomFamily],
  ...[llamaFamily, mistralFamily, qwen2Family, gemmaFamily],
];
