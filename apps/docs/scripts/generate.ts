/** Writes the pages that are made of what is elsewhere: READMEs, docs, lists of families, docstrings. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { Application } from 'typedoc';
import { conformancePage } from './conformance-page.js';
import { llmsText } from './llms-text.js';
import { modelsPage } from './models-page.js';

const root = join(import.meta.dirname, '../../..');
const site = join(import.meta.dirname, '../site');

const PACKAGES = [
  ...['core', 'attention', 'ssm', 'transformer', 'gpt', 'bert', 'mamba', 'recurrent'],
  ...['generation', 'train', 'text', 'pretrained', 'page'],
];

/** Where a file of the repository is on the site. */
const PAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PACKAGES.map((name) => [`packages/${name}/README.md`, `/packages/${name}`])),
  ...Object.fromEntries(PACKAGES.map((name) => [`packages/${name}`, `/packages/${name}`])),
  'README.md': '/',
  ...Object.fromEntries(
    ['minimal', 'tour', 'glossary', 'benchmarks'].map((name) => [`docs/${name}.md`, `/reference/${name}`]),
  ),
};

/** The text of a page, whose links lead to pages of the site; what is not on the site is named without a link. */
function withLinks(text: string, from: string): string {
  return text.replace(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, image: string, label: string, target: string) => {
    if (/^(https?:|#)/.test(target)) return whole;
    const [path, anchor] = target.split('#') as [string, string?];
    const file = normalize(join(dirname(from), path))
      .replaceAll('\\', '/')
      .replace(/\/$/, '');
    if (image) return `![${label}](/${basename(file)})`;
    const page = PAGES[file];
    return page ? `[${label}](${page}${anchor ? `#${anchor}` : ''})` : label;
  });
}

async function copyPage(from: string, to: string): Promise<void> {
  const text = await readFile(join(root, from), 'utf8');
  await mkdir(dirname(join(site, to)), { recursive: true });
  await writeFile(join(site, to), withLinks(text, from));
}

async function writeApi(): Promise<void> {
  const application = await Application.bootstrapWithPlugins({
    entryPoints: PACKAGES.filter((name) => name !== 'page').map((name) => join(root, 'packages', name, 'src/index.ts')),
    tsconfig: join(import.meta.dirname, '../tsconfig.api.json'),
    plugin: ['typedoc-plugin-markdown'],
    skipErrorChecking: true,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    readme: 'none',
    logLevel: 'Error',
    outputs: [{ name: 'markdown', path: join(site, 'api') }],
    // Of the Markdown plugin.
    ...({
      router: 'module',
      entryFileName: 'index',
      useHTMLAnchors: true,
      hidePageHeader: true,
      hideBreadcrumbs: true,
    } as object),
  });
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the packages');
  for (const module of project.children ?? []) module.name = module.name.split('/')[0]!;
  await application.generateOutputs(project);
}

for (const folder of ['packages', 'reference', 'api']) await rm(join(site, folder), { recursive: true, force: true });
for (const name of PACKAGES) await copyPage(`packages/${name}/README.md`, `packages/${name}.md`);
for (const name of ['minimal', 'tour', 'glossary', 'benchmarks']) {
  await copyPage(`docs/${name}.md`, `reference/${name}.md`);
}
await mkdir(join(site, 'public'), { recursive: true });
for (const file of await readdir(join(root, 'docs'))) {
  if (file.endsWith('.png')) await cp(join(root, 'docs', file), join(site, 'public', file));
}
await writeFile(join(site, 'reference/models.md'), modelsPage());
await writeFile(join(site, 'reference/conformance.md'), await conformancePage());
if (!process.argv.includes('--without-api')) await writeApi();
await writeFile(join(site, 'public/llms.txt'), await llmsText(site));
