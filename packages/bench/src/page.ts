/** Exports for pages: measuring architectures and reading results without Node. */
export { candidates } from './candidates.js';
export { type Analysis, analyse, type Curve, crossoversWithFirst, UNSURE } from './report/analysis.js';
export { sentences } from './report/words.js';
export { bookOf } from './scaling/book.js';
export { parseRecords } from './scaling/parse-records.js';
export { participants } from './scaling/plan.js';
export type { Mode, ResultRecord, SweepSettings } from './scaling/records.js';
export { sweep } from './scaling/sweep.js';
export { trainBriefly } from './scaling/train-briefly.js';
