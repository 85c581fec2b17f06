import type { GptFamily } from '../family.js';
import { bloomFamily } from './bloom/family.js';
import { gptNeoFamily } from './gpt-neo/family.js';
import { gptNeoxFamily } from './gpt-neox/family.js';
import { gpt2Family } from './gpt2/family.js';
import { gemmaFamily } from './llama/gemma.js';
import { llamaFamily } from './llama/llama.js';
import { mistralFamily } from './llama/mistral.js';
import { qwen2Family } from './llama/qwen2.js';

export type { BloomConfig } from './bloom/config.js';
export type { GptNeoConfig, NeoReach } from './gpt-neo/config.js';
export type { GptNeoxConfig } from './gpt-neox/config.js';
export { type Gpt2Config, gpt2Presets } from './gpt2/config.js';
export type {
  BiasedLlamaConfig,
  GemmaConfig,
  LlamaConfig,
  MistralConfig,
  Qwen2Config,
} from './llama/config.js';
export { bloomFamily, gemmaFamily, gpt2Family, gptNeoFamily, gptNeoxFamily, llamaFamily, mistralFamily, qwen2Family };

/** Every family of decoder-only models that this package knows: the one list. */
export const gptFamilies: readonly GptFamily[] = [
  gpt2Family,
  gptNeoxFamily,
  gptNeoFamily,
  llamaFamily,
  mistralFamily,
  qwen2Family,
  gemmaFamily,
  bloomFamily,
];
