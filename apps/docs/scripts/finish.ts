/** Checks that every link of the built site leads to a page of it, and every one with an anchor to that anchor. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const built = join(import.meta.dirname, '../site/.vitepress/dist');
const files = (await readdir(built, { recursive: true })).filter((file) => file.endsWith('.html'));
const pages = new Map(
  await Promise.all(
    files.map(async (file) => [`/${file.replaceAll('\\', '/')}`, await readFile(join(built, file), 'utf8')] as const),
  ),
);

const broken: string[] = [];
for (const [page, text] of pages) {
  for (const [, href] of text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
    if (!href || /^(https?:|mailto:)/.test(href)) continue;
    const { pathname, hash } = new URL(href, `http://site${page}`);
    const found = [pathname, `${pathname}.html`, `${pathname}index.html`].map((path) => pages.get(path)).find(Boolean);
    const anchor = decodeURIComponent(hash.slice(1));
    const isFile = /\.(txt|png|css|js)$/.test(pathname);
    if (!found && !isFile) broken.push(`${page}: ${href}`);
    else if (found && anchor && !found.includes(`id="${anchor}"`)) broken.push(`${page}: ${href}`);
  }
}
console.log(`${pages.size} pages in ${relative(process.cwd(), built)}`);
if (broken.length) {
  console.error(`links that lead nowhere:\n${[...new Set(broken)].join('\n')}`);
  process.exitCode = 1;
}
