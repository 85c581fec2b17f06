/** What a model is asked. */
export type ShippedTask = 'write' | 'pronounce' | 'understand' | 'fillMask';

/** A model that comes with the project. Its folder, `folders/<name>`, holds the model as Hugging Face lays it out, and its card. */
export interface ShippedModel {
  readonly name: string;
  readonly task: ShippedTask;
  /** What it does, in a sentence for a page. */
  readonly does: string;
  /** The class that opens the folder. */
  readonly opensWith: 'Gpt' | 'SequenceToSequence' | 'Bert';
  /** The recipe that trains it, a folder of `examples`, and what the recipe is told beside data and folder. */
  readonly recipe: string;
  readonly options: readonly string[];
  /** Whether the recipe has to be given data; else they come from an npm package. */
  readonly needsData: boolean;
  /** What in its `results.json` says best how good it is. */
  readonly headline: string;
  /** Texts to try it with. */
  readonly tries: readonly string[];
}

export const shippedModels = [
  {
    name: 'stories-gpt',
    task: 'write',
    does: 'Writes a story to a title.',
    opensWith: 'Gpt',
    recipe: 'stories',
    options: ['--steps', '2500', '--dtype', 'BF16'],
    needsData: true,
    headline: 'bits per byte of what is held out',
    tries: [
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
    does: 'Tells what a sentence asks for, and with which particulars.',
    opensWith: 'Bert',
    recipe: 'intents',
    options: ['--steps', '4000', '--dtype', 'F16'],
    needsData: true,
    headline: 'slot F1',
    tries: [
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
    does: 'Says how an English word is pronounced.',
    opensWith: 'SequenceToSequence',
    recipe: 'translation',
    options: ['--steps', '4500', '--dropout', '0', '--dtype', 'F16'],
    needsData: false,
    headline: 'phoneme error',
    tries: [
      ...['sequitur', 'tensor', 'language', 'whale', 'knight', 'beautiful', 'transformer', 'playground'],
      ...['mathematics', 'through'],
    ],
  },
] as const satisfies readonly ShippedModel[];

export type ShippedModelName = (typeof shippedModels)[number]['name'];
