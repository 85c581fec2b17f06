import { familyOf } from '../../architectures/index.js';
import type { GivenFile, ModelInfo, ModelRef } from '../../protocol/models.js';
import type { Engine } from '../backend.js';
import { folderOf, type Store } from '../storage/store.js';
import { modelOfRun } from '../train/folder.js';
import type { Lab } from '../train/lab.js';
import type { Texts } from '../train/texts.js';
import { nameOf, unpacked } from './given-files.js';
import { composed, type OpenedModel, openFolder } from './open-folder.js';
import { type OpenSite, siteModels } from './site.js';

export interface ShelfParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly lab: Lab;
  readonly texts: Texts;
  readonly openSite: OpenSite;
}

interface Kept {
  /** Tells a run's later checkpoint from an earlier one. */
  readonly version: string;
  readonly opened: Promise<OpenedModel>;
}

/** Maximum number of open models; the least recently used one is closed first. */
const MOST_OPEN = 3;

/** Every model that can be asked for, and the few that are open. */
export class Shelf {
  readonly #parts: ShelfParts;
  /** The last used is the last entry. */
  readonly #open = new Map<ModelRef, Kept>();

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  async list(): Promise<ModelInfo[]> {
    const { store, lab } = this.#parts;
    const paths = (await store.list('models')).filter((path) => path.endsWith('/info'));
    const folders = await Promise.all(paths.map(async (path) => (await store.get<ModelInfo>(path))!));
    const runs = (await lab.list()).filter(({ savedStep }) => savedStep > 0);
    const trained = runs.map(({ id, spec, savedStep }) => ({
      ref: `run:${id}`,
      name: spec.name,
      family: familyOf(spec),
      origin: `trained here, step ${savedStep.toLocaleString('en')}`,
    }));
    const shipped = (await siteModels()).filter(({ task }) => task === 'write');
    const ofSite = shipped.map(({ name }) => ({
      ref: `site:${name}`,
      name: inWords(name),
      family: familyNamed(name),
      origin: 'comes with the site',
    }));
    return [...ofSite, ...folders, ...trained];
  }

  /** An open model. The shelf owns it: the caller does not dispose it. */
  async open(ref: ModelRef): Promise<OpenedModel> {
    await this.#parts.engine.open();
    // A model of a backend before is of no use, and where that is lost there is nothing to be freed.
    const version = `${this.#parts.engine.generation} ${await this.#versionOf(ref)}`;
    const known = this.#open.get(ref);
    this.#open.delete(ref);
    if (known && known.version !== version) await close(known);
    const kept = known?.version === version ? known : { version, opened: this.#read(ref) };
    this.#open.set(ref, kept);
    kept.opened.catch(() => this.#open.delete(ref));
    for (const [other, least] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(other);
      await close(least);
    }
    return kept.opened;
  }

  /** Keeps a folder once it was opened without a fault. */
  async add(files: readonly GivenFile[]): Promise<ModelInfo> {
    const { store, engine } = this.#parts;
    await engine.open();
    const id = crypto.randomUUID().slice(0, 8);
    const folder = `models/${id}`;
    const found = await unpacked(files);
    try {
      for (const [name, bytes] of found) await store.put(`${folder}/${name}`, bytes);
      const opened = await openFolder(folderOf(store, folder).source);
      const origin = opened.model.tokenizer === null ? 'opened here; no tokenizer, so write ids' : 'opened here';
      const info = { ref: `folder:${id}`, name: nameOf(files), family: opened.family, origin };
      opened.model.dispose();
      await store.put(`${folder}/info`, info);
      return info;
    } catch (error) {
      await store.remove(folder);
      throw error;
    }
  }

  async remove(ref: ModelRef): Promise<void> {
    const kept = this.#open.get(ref);
    this.#open.delete(ref);
    if (kept) await close(kept);
    await this.#parts.store.remove(`models/${idOf(ref)}`);
  }

  async #versionOf(ref: ModelRef): Promise<string> {
    return ref.startsWith('run:') ? String((await this.#parts.lab.record(idOf(ref))).info.savedStep) : '';
  }

  async #read(ref: ModelRef): Promise<OpenedModel> {
    const { store, lab, texts, openSite } = this.#parts;
    if (ref.startsWith('site:')) return openFolder(openSite(idOf(ref)));
    if (!ref.startsWith('run:')) return openFolder(folderOf(store, `models/${idOf(ref)}`).source);
    return composed(await modelOfRun(await lab.record(idOf(ref)), store, texts));
  }
}

async function close({ opened }: Kept): Promise<void> {
  const found = await opened.catch(() => null);
  found?.model.dispose();
}

function idOf(ref: ModelRef): string {
  return ref.slice(ref.indexOf(':') + 1);
}

/** `stories-gpt` -> `Stories, GPT` */
function inWords(name: string): string {
  const [what = name, how] = name.split('-');
  const title = what[0]!.toUpperCase() + what.slice(1);
  return how ? `${title}, ${how === 'gpt' ? 'GPT' : how[0]!.toUpperCase() + how.slice(1)}` : title;
}

/** The family of a model that is not open yet, by the architecture in its name. */
function familyNamed(name: string): ModelInfo['family'] {
  if (name.endsWith('mamba')) return 'state';
  return name.endsWith('hybrid') ? 'hybrid' : 'dense';
}
