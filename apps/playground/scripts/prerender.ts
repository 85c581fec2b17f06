import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type HtmlTagDescriptor, type Plugin, type Rollup } from 'vite';

const root = join(import.meta.dirname, '..');
/** The room that is drawn: the first of the bar. */
const FIRST_ROOM = 'rooms/see/See.svelte';

/** Draws the first room into the built page, and lets its scripts and styles load along with those of the frame. */
export function prerender(): Plugin {
  return {
    name: 'prerender',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle }) {
        const body = await drawn();
        if (/ style="/.test(body))
          throw new Error('The security policy forbids inline styles: draw without them what is drawn first');
        return {
          html: html.replace('<div id="app"></div>', () => `<div id="app">${body}</div>`),
          tags: tagsOf(bundle!),
        };
      },
    },
  };
}

/** Links to what the room consists of, as the frame would ask for it only later. */
function tagsOf(bundle: Rollup.OutputBundle): HtmlTagDescriptor[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const room = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(FIRST_ROOM));
  const frame = chunks.find(({ isEntry, facadeModuleId }) => isEntry && facadeModuleId?.endsWith('index.html'));
  if (!room || !frame) throw new Error(`The build has no ${room ? 'page' : FIRST_ROOM}`);
  const known = importsOf(frame, chunks);
  const added = [...importsOf(room, chunks)].filter((chunk) => !known.has(chunk));
  const styles = added.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]);
  return [
    ...styles.map((name) => link('stylesheet', name)),
    ...added.map(({ fileName }) => link('modulepreload', fileName)),
    // Last: the browser looks no further than a script that it waits for, since a policy is in the page.
    { tag: 'script', attrs: { src: './start.js' }, injectTo: 'head' },
  ];
}

function link(rel: string, file: string): HtmlTagDescriptor {
  return { tag: 'link', attrs: { rel, crossorigin: true, href: `./${file}` }, injectTo: 'head' };
}

function importsOf(
  chunk: Rollup.OutputChunk,
  chunks: readonly Rollup.OutputChunk[],
  found = new Set<Rollup.OutputChunk>(),
) {
  if (found.has(chunk)) return found;
  found.add(chunk);
  for (const name of chunk.imports) {
    const imported = chunks.find(({ fileName }) => fileName === name);
    if (imported) importsOf(imported, chunks, found);
  }
  return found;
}

/** The page as the server half of Svelte writes it, in a context that has as much of a browser as the frame asks for. */
async function drawn(): Promise<string> {
  const built = await build({
    ...{ root, configFile: false, publicDir: false, logLevel: 'error', plugins: [svelte()] },
    ssr: { noExternal: true },
    build: {
      ...{ ssr: join(root, 'src/prerender.ts'), write: false, target: 'es2022' },
      rollupOptions: { output: { format: 'cjs', inlineDynamicImports: true } },
    },
  });
  const [first] = [built].flat() as Rollup.RollupOutput[];
  const module = { exports: {} as { drawn(): Promise<string> } };
  runInNewContext(first!.output[0].code, {
    ...browser(),
    module,
    exports: module.exports,
    require: createRequire(import.meta.url),
  });
  return module.exports.drawn();
}

function browser(): object {
  const nothing = () => {};
  return {
    ...{ console, URL, TextEncoder, setTimeout, clearTimeout, queueMicrotask },
    location: { hash: '', href: 'http://localhost/' },
    addEventListener: nothing,
    matchMedia: () => ({ matches: false, addEventListener: nothing }),
  };
}
