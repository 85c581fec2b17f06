import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random, SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  adamW,
  csvLog,
  type LogFile,
  progressBar,
  type TokenBatch,
  type TrainCallbacks,
  type TrainOptions,
  tensorBoardLog,
  train,
} from '../src/index.js';
import { type ReadEvent, readEvents } from './tensor-board-records.js';
import { TinyData, TinyModel, tinyBatch } from './tiny-model.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-callbacks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Options = Partial<TrainOptions<TinyModel, TokenBatch>> & { readonly leaveAt?: number };

async function run({ leaveAt = Infinity, ...options }: Options): Promise<void> {
  const model = TinyModel.create(1);
  const optimizer = adamW({ learningRate: 1e-2 });
  try {
    for await (const { step } of train(model, new TinyData(5), { optimizer, ...options })) if (step === leaveAt) break;
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

/** Says what it is called with. */
function listener(): { readonly told: unknown[]; readonly callbacks: TrainCallbacks } {
  const told: unknown[] = [];
  const callbacks: TrainCallbacks = {
    onStart: (start) => void told.push(['start', start]),
    onStep: ({ step }) => void told.push(['step', step]),
    onEvaluate: ({ step, validationLoss }) => void told.push(['evaluate', step, typeof validationLoss]),
    onCheckpoint: ({ step, checkpoint }) => void told.push(['checkpoint', step, checkpoint]),
    onEnd: ({ step, reason }) => void told.push(['end', step, reason]),
  };
  return { told, callbacks };
}

const evaluation = { data: () => [tinyBatch(Random.fromSeed(6))], every: 2 };

describe('callbacks', () => {
  it('are told of the start, each step, evaluation and checkpoint, and of the end', async () => {
    const { told, callbacks } = listener();
    const checkpoints = { folder, every: 100 };
    await run({ steps: 3, callbacks: [callbacks], evaluation, checkpoints });
    expect(told).toEqual([
      ['start', { step: 0, steps: 3 }],
      ['step', 1],
      ['evaluate', 2, 'number'],
      ['checkpoint', 2, 'step-00000002.safetensors'],
      ['step', 2],
      ['step', 3],
      ['checkpoint', 3, 'step-00000003.safetensors'],
      ['end', 3, 'finished'],
    ]);
    const again = listener();
    await run({ steps: 4, callbacks: [again.callbacks], evaluation, checkpoints });
    expect(again.told[0]).toEqual(['start', { step: 3, steps: 4 }]);
  });

  it('are told how a run ends: left, aborted or failed', async () => {
    const left = listener();
    await run({ callbacks: [left.callbacks], leaveAt: 2 });
    expect(left.told.at(-1)).toEqual(['end', 2, 'left']);
    const aborted = listener();
    const controller = new AbortController();
    const stop = { onStep: () => controller.abort(new Error('enough')) };
    await expect(run({ callbacks: [aborted.callbacks, stop], signal: controller.signal })).rejects.toThrow('enough');
    expect(aborted.told.at(-1)).toEqual(['end', 1, 'aborted']);
    const failed = listener();
    const breaks: TrainCallbacks = { onStep: () => Promise.reject(new Error('the disk is full')) };
    await expect(run({ callbacks: [breaks, failed.callbacks] })).rejects.toThrow('the disk is full');
    expect(failed.told).toEqual([
      ['start', { step: 0, steps: undefined }],
      ['end', 1, 'failed'],
    ]);
  });

  it('are ended even where another one throws at its end', async () => {
    const { told, callbacks } = listener();
    const throws: TrainCallbacks = { onEnd: () => Promise.reject(new Error('not closed')) };
    await expect(run({ steps: 1, callbacks: [throws, callbacks] })).rejects.toThrow('not closed');
    expect(told.at(-1)).toEqual(['end', 1, 'finished']);
  });

  it('are refused where a name is unknown or no function', async () => {
    for (const callbacks of [[{ onEpoch: () => {} }], [{ onStep: 1 }], {}]) {
      await expect(run({ steps: 1, callbacks: callbacks as never })).rejects.toThrow(/callbacks/);
    }
  });
});

describe('csvLog', () => {
  const rows = async () => (await readFile(join(folder, 'log.csv'), 'utf8')).trimEnd().split('\n');
  const log = (every?: number) => csvLog({ file: join(folder, 'log.csv'), every });

  it('has a row for each step, and after a resumption each step once', async () => {
    const checkpoints = { folder: join(folder, 'run'), every: 2 };
    await run({ steps: 5, callbacks: [log()], checkpoints, evaluation });
    const [header, ...first] = await rows();
    expect(header).toBe('step,loss,gradientNorm,learningRate,tokensPerSecond,validationLoss,checkpoint');
    expect(first.map((row) => Number.parseInt(row, 10))).toEqual([1, 2, 3, 4, 5]);
    const fields = first[1]!.split(',');
    expect(fields.slice(1, 6).every((field) => Number(field) > 0)).toBe(true);
    expect(fields[6]).toBe('step-00000002.safetensors');
    // A process that was killed after step 7, in the middle of a row.
    await writeFile(join(folder, 'log.csv'), `${[header, ...first].join('\n')}\n6,1,1,1,1,,\n7,2.`);
    await run({ steps: 8, callbacks: [log()], checkpoints, evaluation });
    const after = await rows();
    expect(after.slice(1, 6)).toEqual(first);
    expect(after.slice(1).map((row) => Number.parseInt(row, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('has fewer rows by `every`, and those of evaluations', async () => {
    await run({ steps: 7, callbacks: [log(3)], evaluation });
    expect((await rows()).slice(1).map((row) => Number.parseInt(row, 10))).toEqual([2, 3, 4, 6]);
  });

  it('overwrites neither another run nor another file', async () => {
    await run({ steps: 1, callbacks: [log()] });
    await expect(run({ steps: 1, callbacks: [log()] })).rejects.toThrow(/expected no file, for a new run.*1 rows/s);
    await writeFile(join(folder, 'log.csv'), 'a,b\n1,2\n');
    await expect(run({ steps: 1, callbacks: [log()] })).rejects.toThrow(/got the header a,b/);
    expect(await rows()).toEqual(['a,b', '1,2']);
  });

  it('refuses what is no place', () => {
    for (const file of ['', 3, { append: () => {} }, undefined]) {
      expect(() => csvLog({ file: file as never })).toThrow(SequiturError);
    }
    expect(() => csvLog({ file: 'a', every: 0 })).toThrow(SequiturError);
  });
});

describe('tensorBoardLog', () => {
  const scalarsOf = (events: readonly ReadEvent[]) =>
    events.flatMap(({ step, summary }) =>
      (summary?.value ?? []).map(({ tag, simpleValue }) => ({ step, tag, simpleValue })),
    );

  it('writes events that others read, with their checksums', async () => {
    const told: number[] = [];
    const callbacks = [tensorBoardLog({ folder }), { onStep: ({ loss }: { loss: number }) => void told.push(loss) }];
    const before = Date.now() / 1000;
    await run({ steps: 3, callbacks, evaluation });
    const [name] = await readdir(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
    const events = readEvents(await readFile(join(folder, name!)));
    expect(events[0]).toMatchObject({ fileVersion: 'brain.Event:2' });
    expect(events.every(({ wallTime }) => wallTime >= before && wallTime <= Date.now() / 1000)).toBe(true);
    const scalars = scalarsOf(events);
    const losses = scalars.filter(({ tag }) => tag === 'train/loss');
    expect(losses.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(losses.map(({ simpleValue }) => simpleValue)).toEqual(told.map(Math.fround));
    expect(scalars.filter(({ tag }) => tag === 'validation/loss').map(({ step }) => step)).toEqual([2]);
    expect(new Set(scalars.map(({ tag }) => tag)).size).toBe(5);
  });

  it('voids, in the file of a resumed run, the steps that are taken again', async () => {
    const checkpoints = { folder: join(folder, 'run'), every: 2 };
    const events = join(folder, 'events');
    await run({ steps: 4, callbacks: [tensorBoardLog({ folder: events, every: 2 })], checkpoints });
    await run({ steps: 6, callbacks: [tensorBoardLog({ folder: events, every: 2 })], checkpoints });
    const files = (await readdir(events)).sort();
    expect(files).toHaveLength(2);
    const starts = await Promise.all(
      files.map(async (file) => readEvents(await readFile(join(events, file))).find(({ sessionLog }) => sessionLog)),
    );
    expect(starts.map((start) => [start!.step, start!.sessionLog!.status])).toEqual([
      [1, 1],
      [5, 1],
    ]);
  });

  it('writes long messages and large steps into a file of any kind', async () => {
    const parts: Uint8Array[] = [];
    const file: LogFile = {
      ...{ name: 'in memory', read: async () => null, append: async (bytes) => void parts.push(bytes) },
      replace: async (bytes) => void parts.splice(0, parts.length, bytes),
    };
    const { onStart, onStep } = tensorBoardLog({ folder: file });
    await onStart!({ step: 0, steps: undefined });
    const step = 2 ** 40 + 5;
    await onStep!({
      step,
      loss: 0.1,
      gradientNorm: 1e-30,
      learningRate: 3e-4,
      tokensPerSecond: 1e6,
      validationLoss: 7,
    });
    const last = readEvents(Buffer.concat(parts)).at(-1)!;
    expect(last.step).toBe(step);
    expect(last.summary!.value.map(({ simpleValue }) => simpleValue)).toEqual(
      [0.1, 1e-30, 3e-4, 1e6, 7].map(Math.fround),
    );
  });
});

it('progressBar writes a line at each evaluation where there is no terminal', async () => {
  const written = vi.spyOn(console, 'log').mockImplementation(() => {});
  await run({ steps: 4, callbacks: [progressBar()], evaluation });
  const lines = written.mock.calls.map(([line]) => line);
  written.mockRestore();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^step 2 of 4: loss \d\.\d{3}, validation \d\.\d{3}, [\d,]+ tokens\/s, \d+ s left$/);
});
