import { type Handlers, handingOver } from '../../protocol/server.js';
import type { TrainCommands } from '../../protocol/train.js';
import { modelOfRun, zipOf } from './folder.js';
import type { Lab, LabParts } from './lab.js';

/** What the room Train can ask. */
export function trainCommands(lab: Lab, parts: Omit<LabParts, 'emit'>): Handlers<TrainCommands> {
  return {
    'train.list': () => lab.list(),
    'train.cost': ({ spec, recipe }) => lab.cost(spec, recipe),
    'train.match': ({ spec, recipe, parameters }) => lab.match(spec, recipe, parameters),
    'train.start': ({ spec, recipe }) => lab.start(spec, recipe),
    'train.pause': ({ id }) => lab.end(id, 'paused'),
    'train.resume': ({ id }) => lab.resume(id),
    'train.stop': ({ id }) => lab.end(id, 'stopped'),
    'train.rename': ({ id, name }) => lab.rename(id, name),
    'train.delete': ({ id }) => lab.remove(id),
    'train.save': async ({ id }) => {
      const record = await lab.record(id);
      await parts.engine.open();
      const model = await modelOfRun(record, parts.store, parts.texts);
      try {
        const name = fileName(record.info.spec.name);
        const zip = await zipOf(model, name);
        return handingOver({ name: `${name}.zip`, zip }, [zip.buffer as ArrayBuffer]);
      } finally {
        model.dispose();
      }
    },
    'train.addText': async ({ title, text }) => ({ text: await parts.texts.add(title, text) }),
  };
}

/** `Attention + Mamba` -> `attention-mamba` */
function fileName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'model'
  );
}
