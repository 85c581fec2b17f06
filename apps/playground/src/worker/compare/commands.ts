import type { CompareCommands, Comparison, MeasuredBackend } from '../../protocol/compare.js';
import type { Handlers } from '../../protocol/server.js';
import type { Engine } from '../backend.js';
import { SequiturError } from '../packages.js';
import type { Store } from '../storage/store.js';
import type { Lab } from '../train/lab.js';
import type { ReadText } from '../train/texts.js';
import { comparisonOf, familyNamed, linesOf } from './comparison.js';
import { measure } from './measure.js';

interface CompareParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly lab: Lab;
  readonly readText: ReadText;
}

const LAST = 'compare/last';
const BACKENDS: readonly MeasuredBackend[] = ['wasm', 'webgpu', 'cpu'];

/** What the room Compare can ask. The bench is loaded when it is first needed. */
export function compareCommands({ engine, store, lab, readText }: CompareParts): Handlers<CompareCommands> {
  const bench = () => import('@sequitur/bench/page');

  async function kept(lines: string) {
    const { parseRecords } = await bench();
    const comparison = comparisonOf(parseRecords(lines, 'the results'), await bench());
    if (!comparison) throw nothingMeasured();
    await store.put(`${LAST}/${comparison.backend}`, lines);
    return comparison;
  }

  async function last(backend: MeasuredBackend): Promise<Comparison[]> {
    const lines = await store.get<string>(`${LAST}/${backend}`);
    return lines === undefined ? [] : [await kept(lines)];
  }

  return {
    'compare.choices': async () => {
      const { candidates } = await bench();
      const isCausal = (family: string) => !family.startsWith('encoder');
      return candidates
        .filter(({ family }) => isCausal(family))
        .map(({ name, family }) => ({ name, family: familyNamed(family) }));
    },
    'compare.last': async () => (await Promise.all(BACKENDS.map(last))).flat(),
    'compare.measure': async (settings, context) => {
      if (lab.isTraining) throw busy();
      const before = (await engine.open()).name;
      try {
        const backend = await engine.open(settings.backend);
        return await kept(linesOf(await measure(settings, backend, readText, context)));
      } finally {
        // The sweep opens separate devices: the backend of the other rooms is opened again.
        await engine.open(before);
      }
    },
    'compare.read': ({ lines }) => kept(lines),
  };
}

function busy(): SequiturError {
  return new SequiturError({
    where: 'measuring',
    expected: 'a processor that does nothing else',
    got: 'runs that train',
    fix: 'Pause them in Train first',
  });
}

function nothingMeasured(): SequiturError {
  return new SequiturError({ where: 'the results', expected: 'points that were measured', got: 'none' });
}
