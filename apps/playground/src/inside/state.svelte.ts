import type { Inside } from '../protocol/inside.js';
import type { ModelInfo, ModelRef } from '../protocol/models.js';
import { address } from '../stores/address.svelte.js';
import { engine } from '../stores/engine.svelte.js';
import { type InsideLink, insideLink, readInsideLink } from './link.js';

/** A model that is looked into, as far as it is known. */
export interface Looked {
  readonly ref: ModelRef;
  inside: Inside | null;
  trouble: string | null;
}

export const tabs = {
  attention: 'Attention',
  pattern: 'Pattern',
  memory: 'Memory',
  state: 'State space',
  lens: 'Logit lens',
  residual: 'Residual stream',
} as const;

export type Tab = keyof typeof tabs;

/** What the drawer Look inside shows: one model or two on one text. */
class InsideState {
  models = $state.raw<readonly ModelInfo[]>([]);
  looked = $state<Looked[]>([]);
  /** The token that asks; null: the last one. */
  chosen = $state<number | null>(null);
  #asked = '';

  readonly link: InsideLink = $derived(readInsideLink(address.inside));
  readonly tab: Tab = $derived(this.link.tab in tabs ? (this.link.tab as Tab) : 'attention');

  /** Looks at the models and the text of the link; what is known already stays. */
  async follow(): Promise<void> {
    const { ref, beside, text } = this.link;
    const asked = JSON.stringify([ref, beside, text]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.chosen = null;
    const refs = beside ? [ref, beside] : [ref];
    this.looked = refs.map((each) => ({ ref: each, inside: null, trouble: null }));
    await Promise.all([this.#list(), ...refs.map((each, index) => this.#look(index, each, text))]);
  }

  change(link: Partial<InsideLink>): void {
    address.lookInside(insideLink({ ...this.link, ...link }));
  }

  close(): void {
    this.#asked = '';
    address.lookInside('');
  }

  nameOf(ref: ModelRef): string {
    return this.models.find((model) => model.ref === ref)?.name ?? ref.slice(ref.indexOf(':') + 1);
  }

  originOf(ref: ModelRef): string {
    return this.models.find((model) => model.ref === ref)?.origin ?? '';
  }

  async #list(): Promise<void> {
    this.models = await engine.line.call('models.list', undefined).catch(() => []);
  }

  async #look(index: number, ref: ModelRef, text: string): Promise<void> {
    const asked = this.#asked;
    try {
      const inside = await engine.line.call('inside.read', { ref, text });
      if (asked === this.#asked) this.looked[index]!.inside = inside;
    } catch (error) {
      if (asked === this.#asked) {
        this.looked[index]!.trouble = error instanceof Error ? error.message : String(error);
      }
    }
  }
}

export const inside = new InsideState();
