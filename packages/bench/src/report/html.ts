import type { ResultRecord } from '../scaling/records.js';
import { type Analysis, analyse } from './analysis.js';
import { whole } from './format.js';
import { type Appearance, appearances } from './palette.js';
import { drawFigure, formatOf } from './plot.js';
import { type Figure, figuresOf } from './series.js';
import { style } from './style.js';
import { tableCells } from './table.js';
import { inWords } from './words.js';

/** The records as one page that needs nothing else: pictures as SVG, each with its data and the command that made it. */
export function htmlReport(records: readonly ResultRecord[]): string {
  const analysis = analyse(records);
  const looks = appearances(analysis.architectures);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How architectures scale with the length of the text</title>
<style>${style}</style>
</head>
<body>
<h1>How architectures scale with the length of the text</h1>
${facts(analysis)}
<p>${escaped(inWords(analysis))}</p>
<h2>At a glance</h2>
${overview(analysis, looks)}
${figuresOf(analysis)
  .map((figure) => figureSection(figure, looks, analysis))
  .join('\n')}
${missing(analysis)}
</body>
</html>
`;
}

const LOSS =
  'Loss in nats per character of text not trained on; encoders restore hidden characters, all others foretell the next one. ';

function facts({ sweep: { machine, settings, started, command } }: Analysis): string {
  const clock =
    settings.clock === 'processor' ? 'times are those that the process kept a core busy' : 'times are wall time';
  return `<p class="facts">${escaped(
    [
      `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, backend ${settings.backend}`,
      `${settings.rounds} rounds, taking turns; ${clock}`,
      `width ${settings.width}, depth ${settings.depth}, ${settings.heads} heads; matched by ${settings.matchedBy} within 3 %`,
      started.slice(0, 16).replace('T', ' '),
    ].join(' · '),
  )}</p>
<p class="facts"><code>${escaped(command)}</code></p>`;
}

function overview(analysis: Analysis, looks: ReadonlyMap<string, Appearance>): string {
  const { heads, rows } = tableCells(analysis);
  const body = rows.map(([name, ...cells]) => {
    const { color, dash } = looks.get(name!)!;
    const line = `<svg class="swatch" viewBox="0 0 27 11" aria-hidden="true"><line x1="0" y1="5.5" x2="27" y2="5.5" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash || 'none'}"/></svg>`;
    return `<tr><td>${line}${escaped(name!)}</td>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<div class="wide"><table><thead><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>
<p class="note">${analysis.trained.length > 0 ? LOSS : ''}Exponents of the length with 95 % intervals, on the longest four lengths.</p>`;
}

function figureSection(figure: Figure, looks: ReadonlyMap<string, Appearance>, { sweep }: Analysis): string {
  return `<h2 id="${figure.id}">${escaped(figure.title)}</h2>
<figure>
<div class="wide">${drawFigure(figure, looks)}</div>
<figcaption>${escaped(figure.explanation)}</figcaption>
</figure>
<details><summary>Data, and the command that made them</summary>
<p><code>${escaped(sweep.command)}</code></p>
${dataTable(figure)}
</details>`;
}

function dataTable(figure: Figure): string {
  const lengths = [...new Set(figure.series.flatMap(({ points }) => points.map(({ length }) => length)))].sort(
    (a, b) => a - b,
  );
  const format = formatOf(figure);
  const rows = figure.series.map(({ architecture, points }) => {
    const cells = lengths.map((length) => {
      const point = points.find((candidate) => candidate.length === length);
      if (!point) return '<td></td>';
      const spread =
        point.low !== undefined && point.high !== undefined
          ? ` title="${format(point.low)} to ${format(point.high)}"`
          : '';
      return `<td${spread}>${format(point.value)}</td>`;
    });
    return `<tr><td>${escaped(architecture)}</td>${cells.join('')}</tr>`;
  });
  const heads = lengths.map((length) => `<th>${whole(length)}</th>`).join('');
  return `<div class="wide"><table><thead><tr><th>${escaped(`${figure.y} at ${figure.x}`)}</th>${heads}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function missing({ unmeasured }: Analysis): string {
  if (unmeasured.length === 0) return '';
  const items = unmeasured.map(({ architecture, mode, length, outcome, detail }) => {
    return `<li>${escaped(`${architecture}, ${mode}, ${length} tokens: ${outcome}${detail ? ` (${detail})` : ''}`)}</li>`;
  });
  return `<h2>Points without a time</h2><ul>${items.join('')}</ul>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
