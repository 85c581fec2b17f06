import type { Handlers } from '../../protocol/server.js';
import type { TextSoFar, WriteCommands, WrittenToken } from '../../protocol/write.js';
import type { OpenedModel } from '../models/open-folder.js';
import type { Shelf } from '../models/shelf.js';
import { nextTask } from '../next-task.js';
import {
  bytesIn,
  disposeState,
  generate,
  generateSequences,
  type LogitsProcessor,
  SequiturError,
  tokenTensor,
} from '../packages.js';
import { type Choice, choiceOf, optionsOf, spellingAfter } from './alternatives.js';

/** Lengths at which the bytes of a state are told. */
const LENGTHS = [1, 64, 128, 256, 384, 512, 640, 768, 896, 1024];

/** What the room Write can ask. */
export function writeCommands(shelf: Shelf): Handlers<WriteCommands> {
  return {
    'write.on': async ({ settings, maxTokens, ...text }, { signal, part }) => {
      const opened = await shelf.open(text.ref);
      const { model, endTokens } = opened;
      const ids = idsOf(opened, text);
      const choices: Choice[] = [];
      const watch: LogitsProcessor = (scores, sequence) => {
        const spell = spellingAfter(opened.tokenizer, [...ids, ...written]);
        choices.push(choiceOf(scores, sequence, settings, spell));
      };
      const written: number[] = [];
      const started = performance.now();
      let firstToken = 0;
      const options = {
        ...optionsOf(settings),
        maxTokens,
        endTokens,
        signal,
        processors: [watch],
        whenFull: 'slide' as const,
      };
      for await (const [token] of generate(model, [ids], options)) {
        if (token === null || token === undefined) break;
        firstToken ||= (performance.now() - started) / 1000;
        part(tokenOf(token, choices.at(-1)!, spellingAfter(opened.tokenizer, [...ids, ...written])));
        written.push(token);
        await nextTask();
      }
      return { seconds: (performance.now() - started) / 1000, firstToken };
    },
    'write.next': async ({ settings, ...text }) => {
      const opened = await shelf.open(text.ref);
      const ids = idsOf(opened, text);
      let choice: Choice | null = null;
      const watch: LogitsProcessor = (scores, sequence) => {
        choice = choiceOf(scores, sequence, settings, spellingAfter(opened.tokenizer, ids));
      };
      await generateSequences(opened.model, [ids], {
        ...optionsOf(settings),
        maxTokens: 1,
        processors: [watch],
        whenFull: 'slide',
      });
      return choice!;
    },
    'write.preview': async ({ tokens, ...text }) => {
      const opened = await shelf.open(text.ref);
      const ids = idsOf(opened, text);
      const [sequences] = await generateSequences(opened.model, [ids], { maxTokens: tokens, whenFull: 'slide' });
      const before = opened.tokenizer.decode(ids).length;
      return opened.tokenizer.decode([...ids, ...sequences![0]!.tokens]).slice(before);
    },
    'write.memory': async ({ ref }) => {
      const { model } = await shelf.open(ref);
      return { tokens: LENGTHS, bytes: LENGTHS.map((length) => bytesAfter(model, length)) };
    },
  };
}

function tokenOf(id: number, choice: Choice, spell: (id: number) => string): WrittenToken {
  const known = choice.alternatives.find((alternative) => alternative.id === id);
  return { id, text: known?.text ?? spell(id), probability: known?.probability ?? 0, ...choice };
}

/** The tokens of prompt and text. @throws where there is nothing to go on from */
function idsOf({ tokenizer }: OpenedModel, { prompt, written }: TextSoFar): number[] {
  const ids = [...tokenizer.encode(prompt, { specialTokens: true }), ...written];
  if (ids.length > 0) return ids;
  throw new SequiturError({
    where: 'the prompt',
    expected: 'some words to go on from',
    got: 'none',
    fix: 'Write a beginning',
  });
}

/** As the model declares it, or else as its state is found after so many tokens. */
function bytesAfter(model: OpenedModel['model'], length: number): number {
  if ('cost' in model && typeof model.cost === 'function') {
    return (model as unknown as { cost(length: number): { stateBytes: number } }).cost(length).stateBytes;
  }
  const tokens = tokenTensor([new Int32Array(length)], model.vocabularySize);
  const before = model.initState(1);
  const { logits, state } = model.step(tokens, before, { logits: 'last' });
  const bytes = bytesIn(state);
  disposeState(state);
  disposeState(before);
  tokens.dispose();
  logits.dispose();
  return bytes;
}
