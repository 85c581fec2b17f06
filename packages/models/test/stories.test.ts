import { fileURLToPath } from 'node:url';
import { Gpt } from '@sequitur/gpt';
import { onEachBackend } from '@sequitur/laws';
import { bitsPer } from '@sequitur/text';
import { evaluate } from '@sequitur/train';
import { afterAll, beforeAll, expect, it } from 'vitest';
import results from '../folders/stories-gpt/results.json' with { type: 'json' };

const folder = fileURLToPath(new URL('../folders/stories-gpt', import.meta.url));

/** The beginning of The Wonderful Wizard of Oz (Baum 1900), a held-out book. */
const HELD_OUT = `Dorothy lived in the midst of the great Kansas prairies, with Uncle Henry, who was a farmer, and Aunt Em, \
who was the farmer's wife. Their house was small, for the lumber to build it had to be carried by wagon many miles. There \
were four walls, a floor and a roof, which made one room; and this room contained a rusty looking cooking stove, a cupboard \
for the dishes, a table, three or four chairs, and the beds. Uncle Henry and Aunt Em had a big bed in one corner, and \
Dorothy a little bed in another corner.`;

onEachBackend('stories-gpt', () => {
  let model: Gpt;
  beforeAll(async () => {
    model = await Gpt.fromPretrained(folder);
  });
  afterAll(() => model.dispose());

  async function bitsPerByte(text: string): Promise<number> {
    const [[end], ids] = [model.endTokens, model.tokenizer!.encode(text)];
    const nats = await evaluate(model, [{ inputs: [[end!, ...ids.slice(0, -1)]], labels: [ids] }]);
    return bitsPer(nats * ids.length, Buffer.byteLength(text));
  }

  it('needs the bits per byte of its card for a held-out text, within a quarter', async () => {
    const bits = await bitsPerByte(HELD_OUT);
    expect(bits / results['bits per byte, held out']).toBeGreaterThan(0.75);
    expect(bits / results['bits per byte, held out']).toBeLessThan(1.25);
  });

  it('needs more bits for the same words in another order', async () => {
    const shuffled = HELD_OUT.split(' ').sort().join(' ');
    expect(await bitsPerByte(shuffled)).toBeGreaterThan(1.2 * (await bitsPerByte(HELD_OUT)));
  });

  it('writes English words for a title', async () => {
    let written = '';
    const options = { maxTokens: 30, temperature: 0.7, seed: 1 };
    for await (const piece of model.complete('The Fox and the Well\n\n', options)) written += piece;
    expect(written.split(/\s+/).length).toBeGreaterThan(10);
    expect(written).toMatch(/\bthe\b/);
  });
});
