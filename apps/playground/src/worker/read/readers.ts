import type { SiteModel } from '../../protocol/read.js';
import { modelType } from '../models/open-folder.js';
import type { OpenSite } from '../models/site.js';
import { siteModels } from '../models/site.js';
import type { FileSource } from '../packages.js';
import { folderOf, type Store } from '../storage/store.js';
import { openEncoder, openTranslator, type Reader } from './answers.js';
import { cardOf } from './card.js';

/** The models that read: those of the site, and folders that were opened here. */
export class Readers {
  readonly #store: Store;
  readonly #openSite: OpenSite;

  constructor(store: Store, openSite: OpenSite) {
    this.#store = store;
    this.#openSite = openSite;
  }

  async list(): Promise<SiteModel[]> {
    const ofSite = (await siteModels()).flatMap(async ({ name, task, description: says, examples, headline }) => {
      if (task === 'write') return [];
      const card = await cardOf(this.#openSite(name), headline);
      return { name, title: titles[task], task, description: says, examples, isOwn: false, ...card };
    });
    const paths = (await this.#store.list('readers')).filter((path) => path.endsWith('/info'));
    const own = paths.map(async (path) => (await this.#store.get<SiteModel>(path))!);
    return (await Promise.all([...ofSite, ...own])).flat();
  }

  async open(name: string): Promise<Reader> {
    return openReader(await this.sourceOf(name));
  }

  /** The folder of a model. */
  async sourceOf(name: string): Promise<FileSource> {
    const shipped = (await siteModels()).find((model) => model.name === name && model.task !== 'write');
    if (shipped) return this.#openSite(name);
    if (await this.#store.get(`readers/${name}/info`)) return this.#folder(name);
    throw new Error(`There is no model '${name}' that reads`);
  }

  /** Keeps a folder once it was opened without a fault. @returns its name */
  async add(files: ReadonlyMap<string, Uint8Array>, title: string): Promise<string> {
    const name = `own-${crypto.randomUUID().slice(0, 8)}`;
    try {
      for (const [file, bytes] of files) await this.#store.put(`readers/${name}/${file}`, bytes);
      const reader = await openReader(this.#folder(name));
      const { task, parameters, mask } = reader;
      reader.dispose();
      const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      const info: SiteModel = {
        ...{ name, title, task, parameters, bytes, measured: null, minutes: null, card: [], isOwn: true },
        description: description[task],
        examples: triesOf(task, mask),
      };
      await this.#store.put(`readers/${name}/info`, info);
      return name;
    } catch (error) {
      await this.#store.remove(`readers/${name}`);
      throw error;
    }
  }

  remove(name: string): Promise<void> {
    return this.#store.remove(`readers/${name}`);
  }

  #folder(name: string): FileSource {
    return folderOf(this.#store, `readers/${name}`).source;
  }
}

const titles = {
  understand: 'Understand',
  pronounce: 'Pronounce',
  translate: 'Translate',
  fillMask: 'Fill the mask',
  classify: 'Classify',
  names: 'Find names',
  answer: 'Answer',
} as const;

const description = {
  understand: 'Tells what a sentence asks for.',
  pronounce: 'Says how a word is pronounced.',
  translate: 'Writes one text from another.',
  fillMask: 'Guesses a hidden word.',
  classify: 'Says which label fits a text.',
  names: 'Finds the names in a text.',
  answer: 'Finds the answer to a question in a text.',
} as const;

async function openReader(source: FileSource): Promise<Reader> {
  const { SequenceToSequence } = await import('@sequitur/transformer');
  const type = await modelType(source);
  const isTranslator = SequenceToSequence.families.some((family) => family.modelType === type);
  return isTranslator ? openTranslator(source) : openEncoder(source);
}

/** Example inputs for an unknown model. */
function triesOf(task: Reader['task'], mask = '[MASK]'): string[] {
  if (task === 'fillMask') return [`The captain lowered the ${mask} into the sea.`, `She opened the ${mask}.`];
  if (task === 'answer') return ['Who shares a bed with Ishmael?', 'Where do they go?'];
  return ['In New Bedford young Ishmael shares a bed with Queequeg.', 'The whale was white.'];
}
