import { chromiumPath } from '@sequitur/browser-test/browser';
import { describe } from 'vitest';
import { comparing } from './page/comparing.js';
import { folders } from './page/folders.js';
import { inside } from './page/inside.js';
import { looks } from './page/looks.js';
import { offline } from './page/offline.js';
import { openStage } from './page/stage.js';
import { surviving } from './page/surviving.js';
import { training } from './page/training.js';
import { writing } from './page/writing.js';

const hasBrowser = chromiumPath() !== null;
const isRequired = process.env.SEQUITUR_REQUIRE_BROWSER === '1';
const title = 'the playground in a browser';

/** All tests of the page share one browser and one built site, so that a whole run of them stays short. */
describe.skipIf(!hasBrowser && !isRequired)(
  hasBrowser ? title : `${title} (no Chromium here)`,
  { timeout: 300_000 },
  () => {
    const stage = openStage();
    describe('Train', () => training(stage));
    describe('folders', () => folders(stage));
    describe('Compare', () => comparing(stage));
    describe('Write', () => writing(stage));
    describe('work survives', () => surviving(stage));
    describe('Look inside', () => inside(stage));
    describe('every room', () => looks(stage));
    describe('without a network', () => offline(stage));
  },
);
