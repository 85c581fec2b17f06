import { fileURLToPath } from 'node:url';
import { Bert } from '@sequitur/bert';
import { onEachBackend } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { understand } from '../src/index.js';

const folder = fileURLToPath(new URL('../folders/intents', import.meta.url));

/** Sentences written for this test, two for each intent. */
const ASKED = [
  ['play some jazz on spotify', 'PlayMusic'],
  ['i want to hear the newest song by adele', 'PlayMusic'],
  ['will it rain tomorrow in boston', 'GetWeather'],
  ['what is the weather in paris at noon', 'GetWeather'],
  ['book a table for four at an italian restaurant', 'BookRestaurant'],
  ['reserve a spot for two in a bar in chicago', 'BookRestaurant'],
  ['add this song to my workout playlist', 'AddToPlaylist'],
  ['put the album by queen on my party playlist', 'AddToPlaylist'],
  ['give this book four out of five stars', 'RateBook'],
  ['rate the current novel 3 points', 'RateBook'],
  ['find the movie schedule for the nearest cinema', 'SearchScreeningEvent'],
  ['what films are playing at the movie theatre tonight', 'SearchScreeningEvent'],
  ['find the trailer of the tv show friends', 'SearchCreativeWork'],
  ['show me the painting called the scream', 'SearchCreativeWork'],
] as const;

onEachBackend('intents', () => {
  it('finds intents and slots of sentences that are not in its data', async () => {
    const model = await Bert.fromPretrained(folder);
    const understood = await understand(
      model,
      ASKED.map(([text]) => text),
    );
    model.dispose();
    const right = understood.filter(({ intent }, index) => intent === ASKED[index]![1]);
    expect(right.length).toBeGreaterThanOrEqual(12);
    const weather = understood[2]!.slots.map(({ type, text }) => `${type}: ${text}`);
    expect(weather).toContain('city: boston');
  });
});
