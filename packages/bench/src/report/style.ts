import { paletteCss } from './palette.js';

/** The report's style sheet: light, dark by the reader's preference, and for printing. */
export const style = `
:root { color-scheme: light dark; --text: #1c1c22; --soft: #5d5d68; --page: #ffffff; --line: #d9d9e0; ${paletteCss('light')} }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf1; --soft: #a3a3b0; --page: #17171c; --line: #3a3a44; ${paletteCss('dark')} }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; }
p { margin: .4rem 0; }
.facts, figcaption, .note { color: var(--soft); font-size: .9rem; }
code { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .78rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .38rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: normal; }
.wide { overflow-x: auto; }
figure { margin: 1rem 0 0; break-inside: avoid; }
figure svg { width: 100%; min-width: 44rem; height: auto; color: var(--text); }
details { margin-top: .25rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--soft); }
.swatch { display: inline-block; width: 1.7rem; height: .7rem; margin-right: .45rem; vertical-align: middle; }
@media print {
  figure svg { min-width: 0; }
  :root { --text: #000; --soft: #444; --page: #fff; --line: #bbb; ${paletteCss('light')} }
  body { max-width: none; padding: 0; font-size: 11pt; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  table { font-size: 8pt; }
  th, td { padding: .15rem .35rem; }
}`;
