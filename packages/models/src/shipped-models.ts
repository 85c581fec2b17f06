/** Task of a model. */
export type ShippedTask = 'write' | 'pronounce' | 'understand' | 'fillMask';

/**
 * A small trained model that is part of the repository. `folders/<name>` is a Hugging Face folder with a model card.
 */
export interface ShippedModel {
  readonly name: string;
  readonly task: ShippedTask;
  /** Description in one sentence. */
  readonly description: string;
  /** The class that loads the folder. */
  readonly className: 'Gpt' | 'SequenceToSequence' | 'Bert';
  /** The recipe that trains it, a folder of `examples`, and its arguments besides data and folder. */
  readonly recipe: string;
  readonly options: readonly string[];
  /** Whether the recipe needs a data folder; if not, its data is an npm package. */
  readonly needsData: boolean;
  /** Key in `results.json` of the metric to quote. */
  readonly headline: string;
  /** Example inputs. */
  readonly examples: readonly string[];
}

export const shippedModels = [
  {
    name: 'stories-gpt',
    task: 'write',
    description: 'Writes a story for a title.',
    className: 'Gpt',
    recipe: 'stories',
    options: ['--steps', '2500', '--dtype', 'BF16'],
    needsData: true,
    headline: 'bits per byte, held out',
    examples: [
      ...[
        'The Fox and the Well',
        'The Princess Who Could Not Sleep',
        'A Boy and His Kite',
        'The Old Woman and Her Goat',
      ],
      ...[
        'The Three Brothers',
        'Why the Owl Flies at Night',
        'The King of the Sea',
        'My New Friend',
        'The Golden Bird',
      ],
      'The Lion and the Hare',
    ],
  },
  {
    name: 'intents',
    task: 'understand',
    description: 'Finds the intent and the slots of a sentence.',
    className: 'Bert',
    recipe: 'intents',
    options: ['--steps', '4000', '--dtype', 'F16'],
    needsData: true,
    headline: 'slot F1',
    examples: [
      'play some jazz on spotify',
      'i want to hear the newest song by adele',
      'will it rain tomorrow in boston',
      'book a table for four at an italian restaurant',
      'reserve a spot for two in a bar in chicago',
      'add this song to my workout playlist',
      'give this book four out of five stars',
      'what films are playing at the movie theatre tonight',
      'find the trailer of the tv show friends',
      'how do i get to the station',
    ],
  },
  {
    name: 'pronounce',
    task: 'pronounce',
    description: 'Gives the pronunciation of an English word.',
    className: 'SequenceToSequence',
    recipe: 'translation',
    options: ['--steps', '4500', '--dropout', '0', '--dtype', 'F16'],
    needsData: false,
    headline: 'phoneme error',
    examples: [
      ...['sequitur', 'tensor', 'language', 'whale', 'knight', 'beautiful', 'transformer', 'playground'],
      ...['mathematics', 'through'],
    ],
  },
] as const satisfies readonly ShippedModel[];

export type ShippedModelName = (typeof shippedModels)[number]['name'];
