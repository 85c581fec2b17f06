/** Weights in every form, in one file or several, with their index. */
const WEIGHTS =
  /^(model|pytorch_model|tf_model|flax_model)([-.][\w-]+)?\.(safetensors|bin|h5|msgpack)(\.index[\w.-]*\.json)?$/;

const ADAPTER = /^adapter_(config\.json|model\.(safetensors|bin))$/;

const OTHERS: ReadonlySet<string> = new Set([
  ...['config.json', 'generation_config.json', 'modeling_sequitur.py'],
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'],
  ...['vocab.json', 'vocab.txt', 'merges.txt', 'target_vocab.json', 'chat_template.jinja', 'chat_template.json'],
  ...['tokenizer.model', 'spiece.model', 'spm.model', 'sentencepiece.bpe.model', 'source.spm', 'target.spm'],
]);

/** Whether a file of this name belongs to a saved model: a save replaces all of them, and leaves others alone. */
export function belongsToModel(name: string): boolean {
  return WEIGHTS.test(name) || isAdapterFile(name) || OTHERS.has(name);
}

/**
 * Whether a file of this name belongs to a saved adapter. Next to a whole model, Python would apply it to that model.
 */
export function isAdapterFile(name: string): boolean {
  return ADAPTER.test(name);
}
