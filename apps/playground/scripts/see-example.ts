/**
 * Writes what the room See shows at once, before any model is there: a sentence as the model of the site reads it.
 * `pnpm --filter @sequitur/playground see-example`; a test says when it is no longer current.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from '../test/in-process.js';

const FILE = fileURLToPath(new URL('../src/rooms/see/example.json', import.meta.url));
const ref = 'site:stories-gpt';
const example = { text: 'The king saw the old woman before he', layer: 2, head: 2 };

const { engine, close } = connect(memoryStore());
const seen = await engine.call('see.read', { ref, text: example.text });
const view = await engine.call('see.head', { ref, ...example });
close();
await writeFile(FILE, `${JSON.stringify({ ...example, seen, view }, rounded)}\n`);
const length = seen.tokens.length;
for (let map = 0; map < seen.layers * seen.heads; map++) {
  const last = Array.from(seen.weights).slice((map * length + length - 1) * length, (map + 1) * length * length);
  const top = last.indexOf(Math.max(...last));
  console.log(
    `layer ${Math.floor(map / seen.heads) + 1}, head ${(map % seen.heads) + 1}: ${seen.tokens[top]!.text} ${Math.max(...last).toFixed(2)}`,
  );
}

/** Four digits are more than a picture shows; arrays of floats become lists. */
function rounded(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
process.exit(0);
