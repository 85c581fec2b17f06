import { parse, tokenize } from '@huggingface/jinja';
import { SequiturError, shorten, showValue } from '@sequitur/core';
import type { Tokenizer } from '@sequitur/text';
import { type Message, templateSource } from '../template-source.js';
import { templateEnvironment } from './globals.js';
import { BoundedInterpreter } from './interpreter.js';

/** A synchronous `ChatTemplate`. */
export type JinjaTemplate = (messages: readonly Message[], options: { readonly forAnswer: boolean }) => string;

/**
 * Maximum length of a template, which has a few thousand characters. The parser's time is quadratic in runs of white
 * space.
 */
const LONGEST_TEMPLATE = 2 ** 18;
const LONGEST_SPACE = 1000;

/**
 * A Jinja chat template of a checkpoint, with limits on steps, sizes and time.
 *
 * @param source the template; its variables are `messages`, `add_generation_prompt`, `tools` and `documents` (none),
 *   and `variables`
 * @throws SequiturError where the template cannot be read, or refuses the messages
 */
export function jinjaTemplate(source: string, variables: Readonly<Record<string, unknown>> = {}): JinjaTemplate {
  checkSource(source);
  const program = attempt(() => parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true })));
  checkLoops(program.body, false);
  return (messages, { forAnswer }) =>
    attempt(() => {
      const given = { tools: null, documents: null, ...variables, messages, add_generation_prompt: forAnswer };
      const environment = templateEnvironment(given);
      const interpreter = new BoundedInterpreter(environment, environment.lookupVariable('none'));
      return String(interpreter.run(program).value);
    });
}

/** The chat template of a tokenizer's files, or null where there is none. */
export function templateOf(tokenizer: Tokenizer): JinjaTemplate | null {
  const found = templateSource(tokenizer);
  return found && jinjaTemplate(found.source, found.variables);
}

function checkSource(source: string): void {
  const fault = (expected: string, got: string) => new SequiturError({ where: 'chat template', expected, got });
  if (typeof source !== 'string') throw fault('a text in Jinja', showValue(source));
  if (source.length > LONGEST_TEMPLATE) {
    throw fault(`at most ${LONGEST_TEMPLATE} characters`, `${source.length}`);
  }
  const space = source.match(/\s+/g)?.reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
  if (space > LONGEST_SPACE) throw fault(`at most ${LONGEST_SPACE} spaces in a row`, `${space}`);
}

interface Block {
  readonly type: string;
  readonly body?: readonly Block[];
  readonly alternate?: readonly Block[];
  readonly defaultBlock?: readonly Block[];
}

/**
 * Checks the statements of a template.
 *
 * @throws SequiturError for a `break` or `continue` outside of a loop, as in Jinja
 */
function checkLoops(blocks: readonly Block[], inLoop: boolean): void {
  for (const { type, body = [], alternate = [], defaultBlock = [] } of blocks) {
    if (!inLoop && (type === 'Break' || type === 'Continue')) {
      throw new SequiturError({
        where: 'chat template',
        expected: `${type.toLowerCase()} in a loop`,
        got: 'none around it',
      });
    }
    const isOwn = type === 'Macro' || type === 'CallStatement';
    checkLoops(body, type === 'For' || (inLoop && !isOwn));
    checkLoops([...alternate, ...defaultBlock], inLoop);
  }
}

function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SequiturError) throw error;
    const got = shorten(error instanceof Error ? error.message : String(error));
    throw new SequiturError({ where: 'chat template', expected: 'a text for these messages', got }, { cause: error });
  }
}
