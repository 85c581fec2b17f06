import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The site for language models (llmstxt.org): what it is, and every page with its first sentence. */
export async function llmsText(site: string): Promise<string> {
  const sections = await Promise.all(['guide', 'packages', 'reference'].map((folder) => section(site, folder)));
  return [
    '# Sequitur',
    '',
    '> Architectures of language models as TypeScript packages: they train and run in pages and in Node on WebGPU, WebAssembly and plain JavaScript, and read and write Hugging Face checkpoints.',
    '',
    ...sections,
  ].join('\n');
}

async function section(site: string, folder: string): Promise<string> {
  const files = (await readdir(join(site, folder))).filter((file) => file.endsWith('.md')).sort();
  const lines = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(site, folder, file), 'utf8');
      const title = /^# (.*)$/m.exec(text)?.[1] ?? file;
      return `- [${title}](/${folder}/${file.replace(/\.md$/, '')}): ${firstSentence(text)}`;
    }),
  );
  return [`## ${folder[0]!.toUpperCase()}${folder.slice(1)}`, '', ...lines, ''].join('\n');
}

function firstSentence(text: string): string {
  const paragraph = text.split(/\n{2,}/).find((part) => /^[A-Z`*]/.test(part)) ?? '';
  const plain = paragraph.replaceAll('\n', ' ').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return /^.*?[.:](?= |$)/.exec(plain)?.[0] ?? plain;
}
