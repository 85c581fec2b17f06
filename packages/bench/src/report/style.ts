import { paletteCss } from './palette.js';

/** The report's style sheet: light, dark by the reader's preference, and printing. */
export const style = `
:root { color-scheme: light dark; --text: #1c1c22; --soft: #5d5d68; --page: #ffffff; --line: #d9d9e0; --faint: #c9c9d2; ${paletteCss('light')} }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf1; --soft: #a3a3b0; --page: #17171c; --line: #3a3a44; --faint: #4c4c58; ${paletteCss('dark')} }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2.5rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 0 0 .15rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
section { margin-top: 3rem; }
p { margin: .3rem 0; }
.facts, .note { color: var(--soft); font-size: .88rem; max-width: 60rem; }
.findings { margin: 1.5rem 0; padding: 0; list-style: none; max-width: 60rem; }
.findings li { margin: .6rem 0; padding-left: .9rem; border-left: 3px solid var(--line); }
nav { font-size: .9rem; color: var(--soft); }
a { color: inherit; }
code { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .28rem .55rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
tr > :first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: normal; }
.wide { overflow-x: auto; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1.5rem 1.5rem; margin-top: .75rem; }
figure { margin: 0; break-inside: avoid; overflow-x: auto; }
figure.first { grid-column: 1 / -1; }
figcaption { font-weight: 600; font-size: .92rem; }
figure svg { width: 100%; height: auto; color: var(--text); }
figure.first svg { min-width: 48rem; }
figure.other svg { min-width: 25rem; }
details { margin-top: .75rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--soft); }
.swatch { display: inline-block; width: 1.7rem; height: .7rem; margin-right: .45rem; vertical-align: middle; }
@media print {
  @page { size: A4; margin: 14mm; }
  :root { --text: #000; --soft: #444; --page: #fff; --line: #bbb; --faint: #cfcfd6; ${paletteCss('light')} }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .facts, .note { font-size: 8pt; }
  h1 { font-size: 16pt; } h2 { font-size: 13pt; } h3, figcaption { font-size: 10pt; }
  section { margin-top: 1.5rem; }
  h2, h3 { break-after: avoid; }
  .panels { grid-template-columns: 1fr 1fr; gap: .6rem 1rem; }
  figure.first svg, figure.other svg { min-width: 0; }
  figure { overflow: visible; }
  tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  table { font-size: 6.5pt; width: 100%; }
  th, td { padding: .1rem .2rem; white-space: normal; }
}`;
