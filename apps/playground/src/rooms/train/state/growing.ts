import type { Progress, Run, RunInfo } from '../../../protocol/train.js';

/** A run with the steps that an event brings. */
export function grown({ curve }: Run, { from, loss, seconds, validation, info }: Progress): Run {
  return {
    ...info,
    curve: {
      loss: curve.loss.slice(0, from - 1).concat(loss),
      seconds: curve.seconds.slice(0, from - 1).concat(seconds),
      validation,
    },
  };
}

/** A run with what is new of it, its curve as it was. */
export function renewed({ curve }: Run, info: RunInfo): Run {
  return { ...info, curve };
}

/** Whether a run stands still though nobody told it to. */
export function isInterrupted({ status, fault }: RunInfo): boolean {
  return status === 'paused' && fault !== undefined;
}
