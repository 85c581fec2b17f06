export { type CsvOptions, type CsvRow, parseCsv } from './csv.js';
export type { DataOptions } from './data-options.js';
export { type JsonLine, parseJsonLines } from './json-lines.js';
export { type LabelledText, type LabelledTextOptions, parseLabelledTexts } from './labelled-texts.js';
export { parseQuestions, type Question, type QuestionDocument } from './questions.js';
export { parseTaggedSentences, type TaggedSentence } from './tagged-sentences.js';
export { parseTranslations, type Translation } from './translations.js';
