/** A banned synonym, and the word to write instead. */
export interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Banned phrases of comments and documents. */
export const bannedWords: readonly BannedWord[] = [
  { pattern: /\bso many\b/i, instead: 'the number of, or the name of the count' },
  { pattern: /\bgo(es)? on\b/i, instead: 'continues, resumes' },
  { pattern: /\bkin\b/i, instead: 'family, similar models' },
  { pattern: /\bof (its|their|our|one's) own\b(?! [a-z])/i, instead: 'separate' },
  { pattern: /\bforetold\b|\bforetells?\b/i, instead: 'predicted, predicts' },
  { pattern: /\blearnt by heart\b/i, instead: 'memorized' },
  { pattern: /\bby chance\b/i, instead: 'at random, sampled' },
  { pattern: /\bsettled?\b/i, instead: 'resolved' },
  { pattern: /\bat hand\b/i, instead: 'current, given' },
  { pattern: /\bremember(s|ed|ing)?\b/i, instead: 'cache, state, save' },
  { pattern: /\bforg(ot|otten|ets)\b/i, instead: 'evict, reset' },
  { pattern: /\bbehind\b/i, instead: 'after' },
  { pattern: /\bbeside\b/i, instead: 'next to, besides, in addition to, compared with' },
  { pattern: /\bgone on with\b|\bgoing on\b/i, instead: 'resumed, continuing' },
  { pattern: /\b(is|are|be|was|were) told\b/i, instead: 'is given, is notified' },
  {
    pattern: /\b(it|they) lies?\b|\b(which|that|where|and|or) lies?\b|\blies? (in|at|inside|outside|within|beyond)\b/i,
    instead: 'is',
  },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\bstands?\b(?! for)/i, instead: 'is' },
  { pattern: /\bas (it|they) (is|are)\b(?! (\w+(ed|wn)|[a-z]+ing|in|on|at|for)\b)/i, instead: 'unchanged' },
  { pattern: /\bwhat brings\b/i, instead: 'hint, how to enable' },
  { pattern: /\bnobody\b|\bwhoever\b/i, instead: 'name the user, caller, process or thread' },
  { pattern: /\blikeliest\b/i, instead: 'most likely' },
  { pattern: /\bjudg(e[sd]?|ing)\b/i, instead: 'evaluate' },
  { pattern: /\blessons?\b/i, instead: 'task, recipe' },
  { pattern: /\bhow many numbers\b|\bnumbers of each head\b/i, instead: 'dimensions of each head' },
  { pattern: /\bhow well each vector fits\b/i, instead: 'tied output projection' },
  { pattern: /\bat most this long\b/i, instead: 'maxGradientNorm' },
  { pattern: /\bmemory of attention\b|\bwhat attention remembers\b/i, instead: 'KV cache' },
];

/** Banned names, anywhere in a source or document. */
export const bannedNames: readonly BannedWord[] = [
  { pattern: /\bKeyValueMemory\b/, instead: 'KeyValueCache' },
  { pattern: /\bForgotten\b/, instead: 'Evicted, evict' },
  { pattern: /\bPositions\.mark\b|\bmark\(query/, instead: 'PositionalEncoding.apply' },
  { pattern: /\brotaryShare\b/, instead: 'partialRotaryFactor' },
  { pattern: /\bunseen\??:/, instead: 'fullyMasked' },
  {
    pattern: /\bcutsFrom\b|\bcutAt\b|\bofPiece\b|\bsegmentPieces\b/,
    instead: 'splittableFrom, splitAt, pieceContext, splitIntoSegments',
  },
  { pattern: /\bisWorth[A-Z]\w*|\/worth\.(js|ts)\b/, instead: 'shouldUse..., shouldParallelize, heuristics.ts' },
  { pattern: /\bSettledOptions\b|\bsettle\(/, instead: 'ResolvedOptions, resolve' },
  { pattern: /\bObserve\.wants\b|\bobserve\??\.wants\b|\boffer\(/, instead: 'observeLazily' },
  { pattern: /\bChanceOptions\b|\bisByChance\b|\bbyChance\b/, instead: 'SamplingOptions, isSampling, sampling' },
  { pattern: /\bgrowingEnd\b/, instead: 'exponentialDecayLengthPenalty' },
  { pattern: /\bforcedFirst\b|\bforcedLast\b/, instead: 'forcedBosToken, forcedEosToken' },
  { pattern: /\bsuppressedAtStart\b/, instead: 'beginSuppressTokens' },
  { pattern: /\btableScores\b/, instead: 'unembed' },
  { pattern: /\bforetold\b/, instead: 'predicted' },
  { pattern: /\bjudge[A-Z(]|\b[a-zA-Z]*Lesson[A-Z]?|\blesson\w*\b/, instead: 'evaluate, task, recipe' },
  { pattern: /\bOptimizerMemory\b/, instead: 'OptimizerState' },
  { pattern: /\binitialDeviation\b/, instead: 'initializerRange' },
  { pattern: /\bStoredForm\b/, instead: 'CheckpointMetadata' },
  { pattern: /\b\w*[a-z]Kin\b|\bkinOf\b/, instead: 'family' },
  { pattern: /\btoGetMore\b/, instead: 'hint' },
  { pattern: /\bconvolutionWidth\b/, instead: 'kernelSize' },
  { pattern: /\btypeIds\b/, instead: 'tokenTypes' },
  { pattern: /\bgenerateTexts\b/, instead: 'generateSequences' },
];
