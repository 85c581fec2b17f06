import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Chat template: each message between a role token and an end token. */
export const TEMPLATE =
  "{% for message in messages %}{{ '<|' + message.role + '|>' + message.content + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/** Special tokens; the first, id 0, ends a message. */
export const SPECIAL_TOKENS = ['<|end|>', '<|system|>', '<|user|>', '<|assistant|>'] as const;

export const END = 0;

/** Writes the template into a saved model's folder, for `Gpt.chat` and Python's `apply_chat_template`. */
export async function saveTemplate(folder: string): Promise<void> {
  const file = join(folder, 'tokenizer_config.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, `${JSON.stringify({ ...settings, chat_template: TEMPLATE }, null, 2)}\n`);
}
