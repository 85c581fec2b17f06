/**
 * Measures the built site in a browser: what the first load weighs, how soon it paints, what holds the page up while a
 * run trains, what memory it takes, and how fast it trains compared with Node. `--minutes 10` for the memory of a long
 * run.
 */
import { parseArgs } from 'node:util';
import { chromiumPath, launch } from '@sequitur/browser-test/browser';
import type { Browser, Page } from 'playwright-core';
import { readRun } from '../src/rooms/train/state/link.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from '../test/in-process.js';
import { openSite, pageScripts, type Site } from '../test/site.js';

const RUNS = ['GPT;64;attention,heads=4*4', 'Mamba;64;mamba*6'];
const RECIPE = 'text=moby-dick:characters&batch=8x128';
/** Fast 3G, as browsers' tools have it, and a processor slowed by four. */
const SLOW = {
  latency: 150,
  downloadThroughput: (1.6e6 / 8) * 0.9,
  uploadThroughput: (750e3 / 8) * 0.9,
  offline: false,
};

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' } } });
const figures: [what: string, value: string, goal: string][] = [];
const note = (what: string, value: string, goal = '') => void figures.push([what, value, goal]);

const site = await openSite();
const browser = await launch(chromiumPath() ?? fail('There is no Chromium here'));
try {
  await weight(site);
  await firstLoad(browser, site);
  await whileTraining(browser, site, Number(values.minutes));
  await besideNode(browser, site);
} finally {
  await browser.close();
  await site.close();
}
const width = Math.max(...figures.map(([what]) => what.length));
for (const [what, value, goal] of figures) console.log(`${what.padEnd(width)}  ${value}${goal && `  (goal: ${goal})`}`);

async function weight({ folder }: Site): Promise<void> {
  const bytes = (await pageScripts(folder)).reduce((sum, script) => sum + script.bytes, 0);
  note('scripts before a model is needed, gzip', kilobytes(bytes), 'at most 350 kB');
}

async function firstLoad(chromium: Browser, { address }: Site): Promise<void> {
  const page = await open(chromium);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await devtools.send('Network.emulateNetworkConditions', SLOW);
  await page.goto(`${address}#/see`);
  await page.locator('h1').waitFor();
  await page.waitForTimeout(6000);
  const { paint, quiet } = await page.evaluate(() => {
    const [first] = performance.getEntriesByName('first-contentful-paint');
    const { tasks } = globalThis as unknown as Watched;
    return { paint: first!.startTime, quiet: Math.max(first!.startTime, ...tasks.map(({ end }) => end)) };
  });
  note('first paint, processor 4x slower, fast 3G', `${Math.round(paint)} ms`, 'under 1000 ms');
  note('interactive, the same', `${Math.round(quiet)} ms`, 'under 2000 ms');
  await page.context().close();
}

/** Two runs take turns for a while. */
async function whileTraining(chromium: Browser, { address }: Site, minutes: number): Promise<void> {
  const page = await open(chromium);
  await page.goto(
    `${address}#/train?${RECIPE}&budget=seconds:${90 * minutes}&${RUNS.map((run) => `run=${run}`).join('&')}`,
  );
  await train(page);
  await page.waitForTimeout(5000);
  const before = await memory(page);
  await page.evaluate(() => void (globalThis as unknown as Watched).tasks.splice(0));
  await page.waitForTimeout(60_000 * minutes);
  const lengths = await page.evaluate(() =>
    (globalThis as unknown as Watched).tasks.map(({ end, start }) => end - start),
  );
  note('longest task of the page while two runs train', `${Math.round(Math.max(0, ...lengths))} ms`, 'under 50 ms');
  note('  tasks above 50 ms in all', `${lengths.length} in ${minutes} min`);
  note('memory after 5 s of training', megabytes(before));
  note(`memory after ${minutes} min of training`, megabytes(await memory(page)));
  await page.context().close();
}

/** The same run in the page and in Node, twice in turns: a machine that does something else slows both. */
async function besideNode(chromium: Browser, { address }: Site): Promise<void> {
  const [inPage, inNode]: [number[], number[]] = [[], []];
  for (let round = 0; round < 2; round++) {
    inPage.push(await speedInPage(chromium, address));
    inNode.push(await speedInNode(address));
  }
  const [page, node] = [median(inPage), median(inNode)];
  note('tokens a second in the page', Math.round(page).toLocaleString('en'));
  note('tokens a second in Node', Math.round(node).toLocaleString('en'));
  note('the page beside Node', `${Math.round((100 * page) / node)} %`, 'at least 80 %');
}

async function speedInPage(chromium: Browser, address: string): Promise<number> {
  const page = await open(chromium);
  await page.goto(`${address}#/train?${RECIPE}&budget=seconds:20&run=${RUNS[0]}`);
  await train(page);
  const found: number[] = [];
  for (let second = 0; second < 15; second++) {
    await page.waitForTimeout(1000);
    const text = await page.locator('tbody tr').first().locator('td').nth(4).textContent();
    found.push(Number(text!.replaceAll(',', '')));
  }
  await page.context().close();
  return median(found.filter(Number.isFinite));
}

async function speedInNode(address: string): Promise<number> {
  const text = await (await fetch(`${address}texts/moby-dick.txt`)).text();
  const { engine, close } = connect(memoryStore(), async () => text);
  const found: number[] = [];
  const ended = new Promise<void>((resolve) => {
    engine.on('train.progress', ({ info }) => {
      if (info.tokensPerSecond) found.push(info.tokensPerSecond);
      if (info.status !== 'running') resolve();
    });
  });
  await engine.call('train.start', {
    spec: readRun(RUNS[0]!)!,
    recipe: {
      data: { kind: 'text', text: 'moby-dick', tokens: 'characters' },
      budget: { unit: 'seconds', amount: 15 },
      ...{ batchSize: 8, length: 128, optimizer: 'adamw', learningRate: 3e-3, schedule: 'cosine', seed: 1 },
    },
  });
  await ended;
  close();
  return median(found);
}

interface Watched {
  readonly tasks: { readonly start: number; readonly end: number }[];
}

async function open(chromium: Browser): Promise<Page> {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.addInitScript(() => {
    const tasks: { start: number; end: number }[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        tasks.push({ start: startTime, end: startTime + duration });
    }).observe({ type: 'longtask', buffered: true });
  });
  return page;
}

function train(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Train', exact: true }).click();
}

/** Page, worker and all that they hold. */
function memory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { measureUserAgentSpecificMemory: measure } = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    return (await measure.call(performance)).bytes;
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function fail(message: string): never {
  throw new Error(message);
}
