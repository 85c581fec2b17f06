import { chromium } from 'playwright-core';
const [,, page, prefix, what = 'all'] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['light', 420]]) {
  if (what !== 'all' && what !== scheme + width) continue;
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
  const tab = await context.newPage(); await tab.goto('file://' + page);
  await tab.screenshot({ path: `${prefix}-${scheme}-${width}.png`, fullPage: true, clip: { x: 0, y: 0, width, height: Number(process.env.H ?? 4000) } });
  await context.close();
}
if (what === 'all' || what === 'pdf') { const tab = await browser.newPage(); await tab.goto('file://' + page); await tab.pdf({ path: `${prefix}.pdf`, format: 'A4', printBackground: false, preferCSSPageSize: true }); }
await browser.close();
