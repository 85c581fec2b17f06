import type { Handlers } from '../../protocol/server.js';
import type { Choice, TextSoFar, WriteCommands, WrittenToken } from '../../protocol/write.js';
import type { OpenedModel } from '../models/open-folder.js';
import type { Shelf } from '../models/shelf.js';
import { nextTask } from '../next-task.js';
import { generate, generateSequences, type LogitsProcessor, templateOf } from '../packages.js';
import { choiceOf, spellingAfter } from './alternatives.js';
import { beamTree } from './beams.js';
import { optionsOf, penaltiesOf } from './rules.js';
import { bytesAfter, LENGTHS } from './state-bytes.js';
import { promptOf } from './text.js';
import { tellAll, tokenOf } from './told.js';

/** What the room Write can ask. */
export function writeCommands(shelf: Shelf): Handlers<WriteCommands> {
  return {
    'write.on': async ({ settings, maxTokens, ...text }, { signal, part }) => {
      const opened = await shelf.open(text.ref);
      const prompt = promptOf(opened, text);
      const ids = [...prompt, ...text.written];
      const written: number[] = [];
      let choice: Choice | null = null;
      const watch: LogitsProcessor = (scores, { tokens }) => {
        const spell = spellingAfter(opened.tokenizer, [...ids, ...written]);
        choice = choiceOf(scores, { tokens, promptLength: prompt.length }, settings, spell);
      };
      const started = performance.now();
      let firstToken = 0;
      const options = {
        ...optionsOf(settings),
        ...{ maxTokens, endTokens: opened.endTokens, signal, whenFull: 'slide' as const },
        processors: [watch, ...penaltiesOf(settings, prompt.length).map(({ apply }) => apply)],
      };
      for await (const [token] of generate(opened.model, [ids], options)) {
        if (token === null || token === undefined) break;
        firstToken ||= (performance.now() - started) / 1000;
        part(tokenOf(token, choice!, spellingAfter(opened.tokenizer, [...ids, ...written])));
        written.push(token);
        await nextTask();
      }
      const hasEnded = opened.endTokens.includes(written.at(-1) ?? -1);
      return { seconds: (performance.now() - started) / 1000, firstToken, hasEnded };
    },
    'write.next': async ({ settings, ...text }) => {
      const opened = await shelf.open(text.ref);
      const prompt = promptOf(opened, text);
      const ids = [...prompt, ...text.written];
      let choice: Choice | null = null;
      const watch: LogitsProcessor = (scores, { tokens }) => {
        const sequence = { tokens, promptLength: prompt.length };
        choice = choiceOf(scores, sequence, settings, spellingAfter(opened.tokenizer, ids));
      };
      await generateSequences(opened.model, [ids], { maxTokens: 1, processors: [watch], whenFull: 'slide' });
      return choice!;
    },
    'write.told': async ({ settings, ...text }): Promise<readonly WrittenToken[]> => {
      const opened = await shelf.open(text.ref);
      return tellAll(opened, promptOf(opened, text), text.written, settings);
    },
    'write.preview': async ({ tokens, ...text }) => {
      const opened = await shelf.open(text.ref);
      const ids = idsOf(opened, text);
      const [sequences] = await generateSequences(opened.model, [ids], { maxTokens: tokens, whenFull: 'slide' });
      const before = opened.tokenizer.decode(ids).length;
      return opened.tokenizer.decode([...ids, ...sequences![0]!.tokens]).slice(before);
    },
    'write.beams': async ({ beams, tokens, lengthPenalty, ...text }) => {
      const opened = await shelf.open(text.ref);
      return beamTree(opened, idsOf(opened, text), { beams, tokens, lengthPenalty });
    },
    'write.about': async ({ ref }) => {
      const { model, tokenizer } = await shelf.open(ref);
      const bytes = LENGTHS.map((length) => bytesAfter(model, length));
      return { tokens: LENGTHS, bytes, hasChat: templateOf(tokenizer) !== null };
    },
  };
}

function idsOf(opened: OpenedModel, text: TextSoFar): number[] {
  return [...promptOf(opened, text), ...text.written];
}
