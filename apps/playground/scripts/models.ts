import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const FOLDERS = join(dirname(createRequire(import.meta.url).resolve('@sequitur/models')), '../folders');

/** Copies the small trained models to `models/<name>/` of the site, each with its card. */
export function models(): Plugin {
  return {
    name: 'models',
    generateBundle() {
      for (const name of readdirSync(FOLDERS)) {
        for (const file of readdirSync(join(FOLDERS, name))) {
          this.emitFile({
            type: 'asset',
            fileName: `models/${name}/${file}`,
            source: readFileSync(join(FOLDERS, name, file)),
          });
        }
      }
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [, name, file] = /^\/models\/([\w-]+)\/([\w.-]+)$/.exec(request.url ?? '') ?? [];
        if (!name || !file || !readdirSync(FOLDERS).includes(name)) return next();
        const path = join(FOLDERS, name, file);
        // A model lacks some of the files that it is asked for: that is no fault.
        if (existsSync(path)) response.end(readFileSync(path));
        else response.writeHead(404).end();
      });
    },
  };
}
