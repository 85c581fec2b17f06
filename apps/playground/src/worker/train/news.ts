import type { Emit } from '../../protocol/server.js';
import type { TrainEvents } from '../../protocol/train.js';
import type { Record } from './record.js';

/** The page draws no more often than this, so it hears no more often either. */
const EVERY_MS = 250;

interface Told {
  step: number;
  at: number;
}

/** Tells the page what is new of each run: the steps since it was last told. */
export class News {
  readonly #emit: Emit<TrainEvents>;
  readonly #told = new Map<string, Told>();

  constructor(emit: Emit<TrainEvents>) {
    this.#emit = emit;
  }

  stepped(record: Record): void {
    const told = this.#toldOf(record);
    if (performance.now() - told.at >= EVERY_MS) this.#tell(record, told);
  }

  ended(record: Record): void {
    this.#tell(record, this.#toldOf(record));
    this.#told.delete(record.info.id);
  }

  changed(record: Record): void {
    this.#emit('train.changed', record.info);
  }

  #toldOf({ info }: Record): Told {
    const told = this.#told.get(info.id) ?? { step: info.step - 1, at: 0 };
    this.#told.set(info.id, told);
    return told;
  }

  #tell({ info, curve }: Record, told: Told): void {
    const from = Math.max(0, Math.min(told.step, info.step));
    this.#emit('train.progress', {
      id: info.id,
      from: from + 1,
      loss: curve.loss.slice(from),
      seconds: curve.seconds.slice(from),
      validation: curve.validation,
      info,
    });
    told.step = info.step;
    told.at = performance.now();
  }
}
