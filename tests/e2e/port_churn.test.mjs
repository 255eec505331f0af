// 500 listening sockets a second that open and close: nobody is called the owner of a port who was not.
// ECSWARD_E2E_LONG=1 does it for a minute instead of 20 seconds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from './support/agent.mjs';
import { pageListeners } from './support/listeners.mjs';
import { Child } from './support/process.mjs';
import { agentBinary, needRoot, testProgram } from './support/requirements.mjs';
import { delay, until } from './support/wait.mjs';

agentBinary();
needRoot('looks at what others have open');
const kChurn = testProgram('port_churn');
const kSeconds = process.env.ECSWARD_E2E_LONG ? 60 : 20;
const kProcesses = 8;
const kPerSecond = 500;
// The tick's time is told with the page; the sockets were looked at within so much of it.
const kTickMs = 400;
// A new socket is shown when its owner is known, or after some ticks without.
const kShownMs = 4000;

test('no port is given to a process that does not have it', { timeout: 180_000 }, async (t) => {
  const agent = await Agent.start({ config: 'alerting: {rule_files: []}\n' });
  const churn = new Child(kChurn, [kProcesses, kPerSecond, kSeconds].map(String));
  const pages = [];
  try {
    while (churn.exit === undefined && !churn.stdout.endsWith('done\n')) {
      const start = performance.now();
      const page = await agent.scrape();
      pages.push({
        ms: page.series.get('node_time_seconds{}').value * 1000,
        ours: [...pageListeners(page)].filter(([key]) => / 127\.8\.0\.1 /.test(key)),
      });
      await delay(Math.max(0, 1000 - (performance.now() - start)));
    }
    await until('the end of the log', 10_000, () => churn.stdout.endsWith('done\n'));

    // "tcp 21000" → [{process, from, to}], in milliseconds
    const truth = new Map();
    let opened = 0;
    for (const line of churn.stdout.trimEnd().split('\n').slice(0, -1)) {
      const [proto, port, process, from, to] = line.split(' ');
      const key = `${proto} 127.8.0.1 ${port}`;
      if (!truth.has(key)) truth.set(key, []);
      truth.get(key).push({ process, from: Number(from) / 1000, to: Number(to) / 1000 });
      opened += 1;
    }
    assert.ok(opened > kPerSecond * kSeconds * 0.5, `only ${opened} sockets: the machine is too slow for the test to say anything`);

    const wrong = [];
    const missed = [];
    let known = 0;
    let unknown = 0;
    let old = 0; // those that had been there for so long that they had to be shown
    let oldUnknown = 0;
    for (const { ms, ours } of pages) {
      const there = new Map(ours);
      for (const [key, { owners }] of ours) {
        for (const { process } of owners) {
          if (process === '') {
            unknown += 1;
            continue;
          }
          known += 1;
          const had = (truth.get(key) ?? []).some(
            (hold) => hold.process === process && hold.from <= ms + kTickMs && hold.to >= ms - kTickMs);
          if (!had) {
            const near = (truth.get(key) ?? []).map((hold) => `${hold.process} ${Math.round(hold.from - ms)}…${Math.round(hold.to - ms)} ms`);
            wrong.push(`${key}: "${process}" at ${Math.round(ms)}; it was ${near.join(', ')}`);
          }
        }
      }
      for (const [key, holds] of truth) {
        for (const hold of holds) {
          if (hold.from > ms - kShownMs || hold.to < ms + kTickMs) continue;
          old += 1;
          if (!there.has(key)) missed.push(`${key}: ${hold.process} at ${Math.round(ms)}`);
          oldUnknown += there.get(key)?.owners.some(({ process }) => process === '') ? 1 : 0;
        }
      }
    }
    t.diagnostic(`${opened} sockets, ${pages.length} scrapes; owners named ${known}, unknown ${unknown}, ` +
      `of those ${kShownMs / 1000} s old ${oldUnknown} of ${old}; wrong ${wrong.length}, missed ${missed.length}`);
    assert.deepEqual(wrong.slice(0, 20), []);
    assert.deepEqual(missed.slice(0, 20), []);
    assert.ok(known > 100, 'hardly any owner was named: nothing was tested');
    assert.equal(agent.exit, undefined);
    assert.equal((await agent.get('/metrics')).status, 200);
  } finally {
    await Promise.all([agent, churn].map((one) => one.stop('SIGKILL')));
  }
});
