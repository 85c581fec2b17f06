import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import type { ChatOptions, Conversation, Gpt, Message } from '@sequitur/gpt';
import { conversationOf } from './messages.js';
import { sayOptions, warningsOf } from './options.js';

export interface SequiturOptions extends Omit<ChatOptions, 'messages'> {
  /** The name of the model in logs; default its family. */
  readonly modelId?: string;
}

/**
 * A model with a chat template as a language model of the AI SDK: `streamText({ model: sequitur(model), prompt })`. A
 * call that continues the last conversation reads only the new tokens.
 *
 * @param model remains owned by the caller, who disposes it
 */
export function sequitur(
  model: Gpt,
  { modelId = model.family.modelType, ...chat }: SequiturOptions = {},
): LanguageModelV3 {
  const turns = new Turns((messages) => model.chat({ ...chat, messages }));
  return {
    specificationVersion: 'v3',
    provider: 'sequitur',
    modelId,
    supportedUrls: {},
    doGenerate: async (options) => {
      let text = '';
      const turn = turns.take(options);
      for await (const piece of turn.pieces) text += piece;
      return { content: [{ type: 'text', text }], ...turn.outcome(), warnings: warningsOf(options) };
    },
    doStream: async (options) => ({ stream: streamOf(turns.take(options), options) }),
  };
}

interface Turn {
  readonly pieces: AsyncGenerator<string>;
  /** The reason why the answer ended, and its usage, after it has ended. */
  outcome(): { readonly finishReason: LanguageModelV3FinishReason; readonly usage: LanguageModelV3Usage };
}

/** The last conversation, kept for the next call. */
class Turns {
  private last: Conversation | null = null;
  private readonly start: (messages: readonly Message[]) => Conversation;

  constructor(start: (messages: readonly Message[]) => Conversation) {
    this.start = start;
  }

  take(call: LanguageModelV3CallOptions): Turn {
    const { earlier, asked } = conversationOf(call.prompt);
    const options = sayOptions(call);
    const chat = this.continued(earlier);
    return { pieces: this.answer(chat, chat.say(asked, options)), outcome: () => outcomeOf(chat, options.maxTokens) };
  }

  /** The last conversation, if it has exactly these messages and is not in use; else a new one. */
  private continued(earlier: readonly Message[]): Conversation {
    const { last } = this;
    this.last = null;
    if (last && JSON.stringify(last.messages) === JSON.stringify(earlier)) return last;
    last?.dispose();
    return this.start(earlier);
  }

  private async *answer(chat: Conversation, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
    try {
      yield* pieces;
    } finally {
      this.last?.dispose();
      this.last = chat;
    }
  }
}

function outcomeOf({ usage }: Conversation, maxTokens: number | undefined): ReturnType<Turn['outcome']> {
  const { prompt, reused, written, ended } = usage;
  const unified = written === maxTokens && !ended ? 'length' : 'stop';
  return {
    finishReason: { unified, raw: undefined },
    usage: {
      inputTokens: { total: prompt, noCache: prompt - reused, cacheRead: reused, cacheWrite: undefined },
      outputTokens: { total: written, text: written, reasoning: undefined },
    },
  };
}

const ID = '0';

function streamOf(turn: Turn, options: LanguageModelV3CallOptions): ReadableStream<LanguageModelV3StreamPart> {
  const parts = partsOf(turn, options);
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { value, done } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: async () => void (await parts.return(undefined)),
  });
}

async function* partsOf(turn: Turn, options: LanguageModelV3CallOptions): AsyncGenerator<LanguageModelV3StreamPart> {
  yield { type: 'stream-start', warnings: warningsOf(options) };
  yield { type: 'text-start', id: ID };
  for await (const delta of turn.pieces) yield { type: 'text-delta', id: ID, delta };
  yield { type: 'text-end', id: ID };
  yield { type: 'finish', ...turn.outcome() };
}
