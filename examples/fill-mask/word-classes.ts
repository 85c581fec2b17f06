/** Classes of masked tokens: function words are easy to predict, content words are not. */
export const wordClasses = ['function word', 'content word', 'piece of a word', 'punctuation'] as const;

export type WordClass = (typeof wordClasses)[number];

/** Words of the closed classes of English: articles, pronouns, prepositions, conjunctions, auxiliaries, some adverbs. */
const FUNCTION_WORDS = new Set(
  `a an the this that these those my your his her its our their i me you he him she it we us they them who whom whose which
  what myself himself herself itself themselves yourself of in to on at by for from with without into upon over under up down
  out off about after before between through against as and or but nor so if because when while where than then though until
  be am is are was were been being have has had having do does did done will would shall should can could may might must not
  no yes there here all any some each every both either neither more most much many very too also only just how why s t d ll
  re ve m`.split(/\s+/),
);

/** The class of a token, by its spelling alone. */
export function wordClassOf(token: string): WordClass {
  if (token.startsWith('##')) return 'piece of a word';
  if (!/[\p{L}\p{N}]/u.test(token)) return 'punctuation';
  return FUNCTION_WORDS.has(token.toLowerCase()) ? 'function word' : 'content word';
}
