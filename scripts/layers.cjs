/**
 * The packages, bottom up: a description of each, and the packages that it may import. `.dependency-cruiser.cjs`
 * enforces it, and `scripts/draw-packages.mjs` draws the picture in ARCHITECTURE.md from it.
 */
const layers = {
  core: { is: 'model vocabulary, backends, operations', imports: [] },
  pretrained: { is: 'files, safetensors, hub, weight maps, families', imports: ['core'] },
  generation: { is: 'sampling, beams, speculation', imports: ['core'] },
  attention: { is: 'patterns, positions, caches, kernels', imports: ['core'] },
  ssm: { is: 'state-space mixers and their scans', imports: ['core'] },
  train: { is: 'optimizers, schedules, resumable runs', imports: ['core', 'pretrained'] },
  text: { is: 'tokenizers, corpora, metrics', imports: ['core', 'pretrained', 'generation'] },
  laws: { is: 'private: property tests of every model', imports: ['core'] },
  transformer: {
    is: 'blocks, stacks, encoder-decoders, LoRA',
    imports: ['core', 'pretrained', 'generation', 'attention', 'text'],
  },
  recurrent: { is: 'LSTM, GRU, minGRU as baselines', imports: ['core', 'transformer'] },
  mamba: { is: 'state-space language models', imports: ['core', 'pretrained', 'ssm', 'transformer', 'text'] },
  gpt: {
    is: 'decoder-only families, chat',
    imports: ['core', 'pretrained', 'generation', 'attention', 'ssm', 'transformer', 'text'],
  },
  bert: {
    is: 'encoder-only families and their heads',
    imports: ['core', 'pretrained', 'attention', 'transformer', 'text'],
  },
  'ai-sdk': { is: 'models for the AI SDK', imports: ['core', 'gpt'] },
  page: {
    is: 'all of it as one module, for pages',
    imports: [
      ...['core', 'pretrained', 'generation', 'attention', 'ssm', 'train', 'text', 'transformer', 'recurrent'],
      ...['mamba', 'gpt', 'bert'],
    ],
  },
  models: { is: 'private: small trained models, their cards', imports: ['core', 'transformer', 'gpt', 'bert'] },
  bench: {
    is: 'private: how architectures and kernels scale',
    imports: [
      ...['core', 'pretrained', 'generation', 'attention', 'ssm', 'mamba', 'recurrent', 'transformer', 'gpt', 'text'],
      'train',
    ],
  },
};

module.exports = { layers };
