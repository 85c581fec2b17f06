/** A fake measuring process that fails as its environment says, at 16 tokens of dense GPT. */
const troubles = {
  killed: () => process.kill(process.pid, 'SIGKILL'),
  full: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
  silent: () => {
    for (;;);
  },
};

process.once('message', async ({ settings, done }) => {
  const say = (message) => new Promise((sent) => process.send(message, sent));
  const ended = (architecture) =>
    done.some((record) => record.architecture === architecture && record.type === 'point' && record.times.length === 0);
  for (const length of settings.lengths) {
    for (const architecture of settings.architectures) {
      const point = { architecture, mode: 'prefill', length };
      const known = done.some((record) => record.architecture === architecture && record.length === length);
      if (known || ended(architecture)) continue;
      await say({ type: 'attempt', attempt: point });
      if (length === 16 && architecture === 'dense GPT') troubles[process.env.TROUBLE]();
      const record = { type: 'point', ...point, outcome: 'measured', times: [1], tokens: length };
      await say({ type: 'record', record });
    }
  }
  await say({ type: 'done' });
  process.exit(0);
});
