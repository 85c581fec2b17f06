import type { SweepProgress } from '../scaling/sweep.js';

/** Progress with the remaining time: one line that is rewritten on a terminal, else a line for each update. */
export function progressLine(output: NodeJS.WriteStream = process.stderr) {
  const started = performance.now();
  let [lastStage, stageStarted, written] = ['', started, false];
  return {
    show: ({ done, all, now }: SweepProgress): void => {
      const stage = now.split(' ')[0]!;
      if (stage !== lastStage) [lastStage, stageStarted] = [stage, performance.now()];
      const seconds = (performance.now() - stageStarted) / 1000;
      const left = stage === 'training' && done > 0 ? `, ${Math.ceil((seconds / done) * (all - done))} s left` : '';
      const text = `${now}: ${done} of ${all} done, ${((performance.now() - started) / 1000).toFixed(0)} s${left}`;
      output.write(output.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
      written = output.isTTY;
    },
    end: (): void => {
      if (written) output.write('\n');
      written = false;
    },
  };
}
