import { SequiturError } from '@sequitur/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../src/protocol/client.js';
import type { Command, Port } from '../src/protocol/messages.js';
import { type Handlers, handingOver, serve } from '../src/protocol/server.js';

interface Commands {
  readonly double: Command<{ readonly value: number }, number>;
  readonly count: Command<{ readonly to: number }, string, number>;
  readonly refuse: Command<void, void>;
  readonly wait: Command<void, void>;
  readonly bytes: Command<void, Uint8Array>;
}
interface Events {
  readonly news: string;
}

describe('protocol', () => {
  const channels: MessageChannel[] = [];
  afterEach(() => {
    for (const { port1, port2 } of channels.splice(0)) {
      port1.close();
      port2.close();
    }
  });

  function line(changes: Partial<Handlers<Commands>> = {}) {
    const channel = new MessageChannel();
    channels.push(channel);
    const handlers: Handlers<Commands> = {
      double: ({ value }) => 2 * value,
      count: ({ to }, { part }) => {
        for (let number = 1; number <= to; number++) part(number);
        return 'done';
      },
      refuse: () => {
        throw new SequiturError({ where: 'here', expected: 'more', got: 'less', fix: 'Give more' });
      },
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      bytes: () => {
        const bytes = new Uint8Array([1, 2, 3]);
        return handingOver(bytes, [bytes.buffer]);
      },
      ...changes,
    };
    const emit = serve<Commands, Events>(channel.port1 as unknown as Port, handlers);
    return { client: new Client<Commands, Events>(channel.port2 as unknown as Port), emit };
  }

  it('answers calls, whatever their order', async () => {
    const { client } = line({
      double: async ({ value }) => new Promise((done) => setTimeout(done, 20 - value, 2 * value)),
    });
    expect(await Promise.all([1, 15, 7].map((value) => client.call('double', { value })))).toEqual([2, 30, 14]);
  });

  it('gives parts on the way, in order and before the end', async () => {
    const { client } = line();
    const parts: number[] = [];
    expect(await client.call('count', { to: 4 }, { onPart: (part) => parts.push(part) })).toBe('done');
    expect(parts).toEqual([1, 2, 3, 4]);
  });

  it('hands over the parts of a fault', async () => {
    const fault = { where: 'here', expected: 'more', got: 'less', fix: 'Give more' };
    await expect(line().client.call('refuse', undefined)).rejects.toMatchObject({ name: 'WorkerError', fault });
  });

  it('tells the worker when the page gives up', async () => {
    let isTold = false;
    const { client } = line({
      wait: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            isTold = true;
            resolve();
          });
        }),
    });
    const giveUp = new AbortController();
    const call = client.call('wait', undefined, { signal: giveUp.signal });
    giveUp.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(await client.call('double', { value: 1 })).toBe(2);
    expect(isTold).toBe(true);
  });

  it('refuses a command that it does not know', async () => {
    const { client } = line();
    await expect(client.call('toString' as 'double', { value: 1 })).rejects.toThrow("no command 'toString'");
  });

  it('hands buffers over without a copy', async () => {
    const sent = new Uint8Array([1, 2, 3]);
    const { client } = line({ bytes: () => handingOver(sent, [sent.buffer]) });
    expect(await client.call('bytes', undefined)).toEqual(new Uint8Array([1, 2, 3]));
    expect(sent.length).toBe(0);
  });

  it('tells of events until nobody listens', async () => {
    const { client, emit } = line();
    const heard: string[] = [];
    const stop = client.on('news', (news) => heard.push(news));
    emit('news', 'one');
    await client.call('double', { value: 1 });
    stop();
    emit('news', 'two');
    await client.call('double', { value: 1 });
    expect(heard).toEqual(['one']);
  });
});
