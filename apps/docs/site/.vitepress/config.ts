import { defineConfig } from 'vitepress';

/** `guide/quick-start.md` -> an entry of the sidebar, titled as it is there. */
const page = (text: string, link: string) => ({ text, link });

const packages = ['core', 'attention', 'ssm', 'transformer', 'gpt', 'bert', 'mamba', 'recurrent', 'generation'];
const rest = ['train', 'text', 'pretrained', 'page'];

export default defineConfig({
  title: 'Sequitur',
  description: 'Architectures of language models as TypeScript packages, in pages and in Node.',
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      page('Guide', '/guide/quick-start'),
      page('Packages', '/packages/core'),
      page('Models', '/reference/models'),
      page('API', '/api/'),
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          page('Quick start', '/guide/quick-start'),
          page('Load and save checkpoints', '/guide/checkpoints'),
          page('Fine-tune', '/guide/fine-tune'),
          page('Chat', '/guide/chat'),
          page('Tasks', '/guide/tasks'),
          page('Your own mixer', '/guide/own-mixer'),
          page('Your own pattern', '/guide/own-pattern'),
          page('Your own kernel', '/guide/own-kernel'),
          page('Backends and threads', '/guide/backends'),
          page('Measure', '/guide/measure'),
          page('Deploy', '/guide/deploy'),
          page('Move to a cluster', '/guide/cluster'),
          page('Coming from other libraries', '/guide/coming-from'),
        ],
      },
      { text: 'Packages', items: [...packages, ...rest].map((name) => page(name, `/packages/${name}`)) },
      {
        text: 'Reference',
        items: [
          page('Supported models', '/reference/models'),
          page('Conformance', '/reference/conformance'),
          page('A model in 30 lines', '/reference/minimal'),
          page('A tour of the code', '/reference/tour'),
          page('Glossary', '/reference/glossary'),
          page('Benchmarks', '/reference/benchmarks'),
        ],
      },
      { text: 'API', items: [page('All packages', '/api/')] },
    ],
  },
});
