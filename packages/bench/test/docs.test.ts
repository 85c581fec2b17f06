import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readmeExamples } from '@sequitur/laws';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

readmeExamples(join(root, 'docs', 'minimal.md'), {
  '@sequitur/core': () => import('@sequitur/core'),
  '@sequitur/mamba': () => import('@sequitur/mamba'),
  '@sequitur/text': () => import('@sequitur/text'),
  '@sequitur/train': () => import('@sequitur/train'),
  '@sequitur/transformer': () => import('@sequitur/transformer'),
});

const packages = join(root, 'packages');
readmeExamples(
  join(root, 'README.md'),
  { '@sequitur/core': () => import('@sequitur/core'), '@sequitur/gpt': () => import('@sequitur/gpt') },
  { packages },
);

/** Markdown files that git tracks or would track. */
function pages(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path && !path.startsWith('.changeset/') && existsSync(join(root, path)));
}

/** Targets of links to files, without addresses and without the part after #. */
function linksIn(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return targets.filter((target) => !/^(https?:|mailto:|#)/.test(target)).map((target) => target.split('#')[0]!);
}

/** Paths in backticks that begin at the root of the repository, without placeholders and patterns. */
function pathsIn(text: string): string[] {
  const quoted = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  return quoted.filter((each) => /^(packages|apps|examples|scripts|docs|\.ci)\/[\w./@-]+$/.test(each));
}

describe('links in Markdown files', () => {
  it('lead to existing files', () => {
    const found = pages().filter((page) => !page.startsWith('apps/docs/site/')); // VitePress checks its links
    expect(found).toContain('README.md');
    const broken = found.flatMap((page) => {
      const folder = dirname(join(root, page));
      const links = linksIn(readFileSync(join(root, page), 'utf8'));
      return links.filter((link) => !existsSync(join(folder, link))).map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  it('and paths in backticks name existing files', () => {
    const found = pages().flatMap((page) => {
      return pathsIn(readFileSync(join(root, page), 'utf8')).map((path) => ({ page, path }));
    });
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('name, in the tour, the files in its table', () => {
    const links = linksIn(readFileSync(join(root, 'docs', 'tour.md'), 'utf8'));
    const sources = links.filter((link) => link.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(15);
    expect(
      sources.map((link) => relative(root, join(root, 'docs', link))).every((path) => path.startsWith('packages/')),
    ).toBe(true);
  });
});
