import type { Pattern } from '@sequitur/attention';
import type { PatternPicture } from '../../protocol/inside.js';
import { engine } from '../../stores/engine.svelte.js';
import { type Design, painted, partsOf, patternOf, starts } from './design.js';

const BLOCKS = 32;
/** What the costs are counted for: the layers of Train as they begin. */
export const LAYER = { heads: 4, width: 64 };

/** The pattern that is being designed. It outlives the drawer. */
class DesignerState {
  design = $state.raw<Design>(starts[0]!.design);
  name = $state(starts[0]!.name);
  length = $state(1024);
  picture = $state.raw<PatternPicture | null>(null);
  trouble = $state<string | null>(null);
  #asked = 0;

  readonly blockSize: number = $derived(this.length / BLOCKS);
  readonly pattern: Pattern | null = $derived(patternOf(this.design, this.blockSize));
  readonly parts = $derived(partsOf(this.design, this.blockSize));

  begin(name: string, design: Design): void {
    this.name = name;
    this.design = design;
    void this.draw();
  }

  change(design: Partial<Design>): void {
    this.design = { ...this.design, ...design };
    this.name = '';
    void this.draw();
  }

  paint(row: number, column: number): void {
    const isSeen = (this.picture?.shares[row * BLOCKS + column] ?? 0) > 0;
    this.design = painted(this.design, row, column, isSeen);
    this.name = '';
    void this.draw();
  }

  resize(length: number): void {
    this.length = length;
    this.change({ added: [], removed: [] });
  }

  async draw(): Promise<void> {
    const asked = ++this.#asked;
    const { pattern, parts, length, blockSize } = this;
    if (!pattern) {
      this.picture = null;
      return;
    }
    try {
      const picture = await engine.line.call('inside.pattern', { pattern, parts, length, blockSize, ...LAYER });
      if (asked === this.#asked) this.picture = picture;
      this.trouble = null;
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

export const designer = new DesignerState();
