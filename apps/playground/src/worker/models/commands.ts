import type { ModelCommands } from '../../protocol/models.js';
import type { Handlers } from '../../protocol/server.js';
import type { Shelf } from './shelf.js';

export function modelCommands(shelf: Shelf): Handlers<ModelCommands> {
  return {
    'models.list': () => shelf.list(),
    'models.add': ({ files }) => shelf.add(files),
    'models.remove': ({ ref }) => shelf.remove(ref),
  };
}
