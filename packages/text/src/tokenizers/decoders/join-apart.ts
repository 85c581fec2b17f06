/** Joins runs of tokens; certain tokens are separated by spaces, as in Python. */
export function joinApart(
  tokens: readonly string[],
  apart: ReadonlySet<string>,
  joinRun: (tokens: readonly string[]) => string,
): string {
  const texts: string[] = [];
  let run: string[] = [];
  const finishRun = () => {
    if (run.length) texts.push(joinRun(run));
    run = [];
  };
  for (const token of tokens) {
    if (!apart.has(token)) {
      run.push(token);
      continue;
    }
    finishRun();
    texts.push(token);
  }
  finishRun();
  return texts.join(' ');
}
