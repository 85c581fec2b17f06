import type { ResultRecord } from '../scaling/records.js';
import { type Analysis, analyse } from './analysis.js';
import { formatOf } from './axis.js';
import { backendOf, whole } from './format.js';
import { growthCells } from './growth-table.js';
import { type Appearance, appearances } from './palette.js';
import { drawPanel, lengthsOf } from './panel.js';
import { panelsOf } from './panels.js';
import { type Figure, figuresOf } from './series.js';
import { style } from './style.js';
import { tableCells } from './table.js';
import { sentences } from './words.js';

type Looks = ReadonlyMap<string, Appearance>;

/** The report as a self-contained HTML page: SVG figures, each with its data and command. */
export function htmlReport(records: readonly ResultRecord[]): string {
  const analysis = analyse(records);
  const looks = appearances(analysis.architectures);
  const figures = figuresOf(analysis);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How architectures scale with sequence length</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>How architectures scale with sequence length</h1>
${facts(analysis)}
</header>
<ul class="findings">${sentences(analysis)
    .map((sentence) => `<li>${escaped(sentence)}</li>`)
    .join('\n')}</ul>
<nav>${figures.map(({ id, title }) => `<a href="#${id}">${escaped(title)}</a>`).join(' · ')}</nav>
<section>
<h2>Overview</h2>
${overview(analysis, looks)}
</section>
${figures.map((figure) => figureSection(figure, looks, analysis)).join('\n')}
${missing(analysis)}
</body>
</html>
`;
}

const LOSS =
  'Validation loss in nats per character: masked characters for encoders, the next character for all others. ';

function facts({ sweep: { machine, settings, started, command } }: Analysis): string {
  const clock = settings.clock === 'processor' ? 'times are processor time' : 'times are wall time';
  return `<p class="facts">${escaped(
    [
      `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, backend ${backendOf(settings)}`,
      `${settings.rounds} interleaved rounds; ${clock}`,
      `width ${settings.width}, depth ${settings.depth}, ${settings.heads} heads; matched by ${settings.matchedBy} within 3 %`,
      started.slice(0, 16).replace('T', ' '),
    ].join(' · '),
  )}</p>
<p class="facts"><code>${escaped(command)}</code></p>`;
}

function overview(analysis: Analysis, looks: Looks): string {
  return `${table(tableCells(analysis), looks)}
<p class="note">${analysis.trained.length > 0 ? LOSS : ''}nᵏ: exponents of the length with 95 % intervals, on the longest three lengths.</p>`;
}

interface Cells {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table whose rows begin with an architecture's line style and name. */
function table({ heads, rows }: Cells, looks: Looks): string {
  const body = rows.map(([name, ...cells]) => {
    const { color, dash } = looks.get(name!)!;
    const line = `<svg class="swatch" viewBox="0 0 27 11" aria-hidden="true"><line x1="0" y1="5.5" x2="27" y2="5.5" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash || 'none'}"/></svg>`;
    return `<tr><th scope="row">${line}${escaped(name!)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function figureSection(figure: Figure, looks: Looks, analysis: Analysis): string {
  const { sweep, architectures } = analysis;
  const context = { looks, reference: architectures[0]?.architecture };
  const panels = panelsOf(figure, architectures).map(
    (
      panel,
      index,
    ) => `<figure class="${index === 0 ? 'first' : 'other'}"><figcaption>${escaped(panel.title)}</figcaption>
${drawPanel(figure, panel, context)}</figure>`,
  );
  return `<section>
<h2 id="${figure.id}">${escaped(figure.title)}</h2>
<p class="note">${escaped(figure.explanation)}</p>
<div class="panels">${panels.join('\n')}</div>
${figure.growthOf ? growth(analysis, figure.growthOf, looks) : ''}
<details><summary>Data and command</summary>
<p><code>${escaped(sweep.command)}</code></p>
${table(dataCells(figure), looks)}
</details>
</section>`;
}

function growth(analysis: Analysis, mode: NonNullable<Figure['growthOf']>, looks: Looks): string {
  const cells = growthCells(analysis, mode);
  if (cells.rows.length === 0) return '';
  return `<h3>Growth of the parts</h3>
${table(cells, looks)}
<p class="note">${escaped(GROWTH)}</p>`;
}

const GROWTH =
  'The time of a run grows like its operations if every operation takes the same time. It grows less where fixed costs matter or longer kernels are more efficient. Attention kernels are the part that grows with pairs of tokens; projections, feed-forward, logits and the update grow with tokens only, and at these widths they dominate until sequences are long.';

function dataCells(figure: Figure): Cells {
  const lengths = lengthsOf(figure);
  const format = formatOf(figure);
  const rows = figure.series.map(({ architecture, points }) => {
    const cells = lengths.map((length) => {
      const point = points.find((candidate) => candidate.length === length);
      if (!point) return '';
      const { value, low, high } = point;
      return low === undefined || high === undefined || low === high
        ? format(value)
        : `${format(value)} (${format(low)} – ${format(high)})`;
    });
    return [architecture, ...cells];
  });
  return { heads: [`${figure.y} at ${figure.x}`, ...lengths.map(whole)], rows };
}

function missing({ unmeasured }: Analysis): string {
  if (unmeasured.length === 0) return '';
  const items = unmeasured.map(({ architecture, mode, length, outcome, detail }) => {
    return `<li>${escaped(`${architecture}, ${mode}, ${length} tokens: ${outcome}${detail ? ` (${detail})` : ''}`)}</li>`;
  });
  return `<section><h2>Points without a measurement</h2><ul>${items.join('')}</ul></section>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
