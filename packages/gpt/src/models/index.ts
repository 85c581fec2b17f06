import type { CausalFamily } from '@sequitur/transformer';
import { bambaFamily } from './bamba/hugging-face.js';
import { bloomFamily } from './bloom/hugging-face.js';
import { cohere2Family, cohereFamily } from './cohere/hugging-face.js';
import { deepSeekV2Family, deepSeekV3Family } from './deepseek/hugging-face.js';
import { falconFamily } from './falcon/hugging-face.js';
import { falconH1Family } from './falcon-h1/hugging-face.js';
import { gemmaFamily } from './gemma/hugging-face.js';
import { gemma2Family } from './gemma2/hugging-face.js';
import { gemma3Family } from './gemma3/hugging-face.js';
import { glm4Family, glmFamily } from './glm4/hugging-face.js';
import type { GptConfig } from './gpt-family.js';
import { gptNeoFamily } from './gpt-neo/hugging-face.js';
import { gptNeoxFamily } from './gpt-neox/hugging-face.js';
import { gptOssFamily } from './gpt-oss/hugging-face.js';
import { gpt2Family } from './gpt2/hugging-face.js';
import { gptJFamily } from './gptj/hugging-face.js';
import { graniteFamily } from './granite/hugging-face.js';
import { graniteMoeHybridFamily } from './granite-moe-hybrid/hugging-face.js';
import { jambaFamily } from './jamba/hugging-face.js';
import { lfm2Family } from './lfm2/hugging-face.js';
import { llamaFamily } from './llama/hugging-face.js';
import { mistralFamily } from './mistral/hugging-face.js';
import { mixtralFamily } from './mixtral/hugging-face.js';
import { olmo2Family, olmo3Family } from './olmo2/hugging-face.js';
import { optFamily } from './opt/hugging-face.js';
import { phiFamily } from './phi/hugging-face.js';
import { phi3Family } from './phi3/hugging-face.js';
import { qwen2Family } from './qwen2/hugging-face.js';
import { qwen2MoeFamily } from './qwen2-moe/hugging-face.js';
import { qwen3Family } from './qwen3/hugging-face.js';
import { qwen3MoeFamily } from './qwen3-moe/hugging-face.js';
import { smolLm3Family } from './smollm3/hugging-face.js';
import { stableLmFamily } from './stablelm/hugging-face.js';
import { starcoder2Family } from './starcoder2/hugging-face.js';
import { zamba2Family } from './zamba2/hugging-face.js';

export type { BambaConfig } from './bamba/config.js';
export type { BloomConfig } from './bloom/config.js';
export type { CohereConfig } from './cohere/config.js';
export type { DeepSeekConfig } from './deepseek/config.js';
export type { FalconConfig } from './falcon/config.js';
export type { FalconH1Config } from './falcon-h1/config.js';
export type { GemmaConfig } from './gemma/config.js';
export type { Gemma2Config } from './gemma2/config.js';
export type { Gemma3Config } from './gemma3/config.js';
export type { GlmConfig } from './glm4/config.js';
export { type GptConfig, type GptFamilyOptions, gptFamily } from './gpt-family.js';
export type { GptNeoConfig, NeoReach } from './gpt-neo/config.js';
export type { GptNeoxConfig } from './gpt-neox/config.js';
export type { GptOssConfig } from './gpt-oss/config.js';
export { type Gpt2Config, gpt2Presets } from './gpt2/config.js';
export type { GptJConfig } from './gptj/config.js';
export type { GraniteConfig } from './granite/config.js';
export type { GraniteMoeHybridConfig } from './granite-moe-hybrid/config.js';
export type { JambaConfig } from './jamba/config.js';
export type { Lfm2Config } from './lfm2/config.js';
export { buildLlamaLike, type LlamaVariation } from './llama/build.js';
export type { BiasedLlamaConfig, LlamaConfig } from './llama/config.js';
export type { MistralConfig } from './mistral/config.js';
export type { MixtralConfig } from './mixtral/config.js';
export type { Olmo2Config } from './olmo2/config.js';
export type { OptConfig } from './opt/config.js';
export type { PhiConfig } from './phi/config.js';
export type { Phi3Config } from './phi3/config.js';
export type { Qwen2Config } from './qwen2/config.js';
export type { Qwen2MoeConfig } from './qwen2-moe/config.js';
export type { Qwen3Config } from './qwen3/config.js';
export type { Qwen3MoeConfig } from './qwen3-moe/config.js';
export type { SmolLm3Config } from './smollm3/config.js';
export type { StableLmConfig } from './stablelm/config.js';
export type { Starcoder2Config } from './starcoder2/config.js';
export type { Zamba2Config } from './zamba2/config.js';
export {
  bambaFamily,
  bloomFamily,
  cohere2Family,
  cohereFamily,
  deepSeekV2Family,
  deepSeekV3Family,
  falconFamily,
  falconH1Family,
  gemma2Family,
  gemma3Family,
  gemmaFamily,
  glm4Family,
  glmFamily,
  gpt2Family,
  gptJFamily,
  gptNeoFamily,
  gptNeoxFamily,
  gptOssFamily,
  graniteFamily,
  graniteMoeHybridFamily,
  jambaFamily,
  lfm2Family,
  llamaFamily,
  mistralFamily,
  mixtralFamily,
  olmo2Family,
  olmo3Family,
  optFamily,
  phi3Family,
  phiFamily,
  qwen2Family,
  qwen2MoeFamily,
  qwen3Family,
  qwen3MoeFamily,
  smolLm3Family,
  stableLmFamily,
  starcoder2Family,
  zamba2Family,
};

/** All families of decoder-only models of this package. */
export const gptFamilies: readonly CausalFamily<GptConfig>[] = [
  ...[gpt2Family, gptNeoxFamily, gptNeoFamily, gptJFamily, bloomFamily, falconFamily, optFamily],
  ...[llamaFamily, mistralFamily, qwen2Family, qwen3Family, smolLm3Family, graniteFamily, olmo2Family, olmo3Family],
  ...[gemmaFamily, gemma2Family, gemma3Family, cohereFamily, cohere2Family, glmFamily, glm4Family],
  ...[phiFamily, phi3Family, stableLmFamily, starcoder2Family, lfm2Family],
  ...[mixtralFamily, qwen2MoeFamily, qwen3MoeFamily, gptOssFamily, deepSeekV2Family, deepSeekV3Family],
  ...[bambaFamily, jambaFamily, graniteMoeHybridFamily, falconH1Family, zamba2Family],
];
