/** Removes spaces before punctuation (`clean_up_tokenization_spaces`). */
export function cleanUpSpaces(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replace(/ '(m|s|ve|re)/g, "'$1");
}
