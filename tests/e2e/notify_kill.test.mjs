// kill -9 at random moments, under alerts that come and go, with a receiver that fails a third of the
// time: every change reaches it, none out of order. ECSWARD_CYCLES says how many kills.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { Recorder } from './support/recorder.mjs';
import { agentBinary } from './support/requirements.mjs';
import { Textfile } from './support/textfile.mjs';
import { delay, until } from './support/wait.mjs';

agentBinary();
const kCycles = Number(process.env.ECSWARD_CYCLES ?? 25);
const kJobs = 12;
const seed = Number(process.env.ECSWARD_SEED ?? 20261128);

// mulberry32: the same run for the same seed, as far as the moments of two programs can be the same.
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const kRules = `groups:
- name: jobs
  interval: 100ms
  rules:
  - alert: JobSlow
    expr: job_seconds > 10
`;
const config = (hook) => `
collect: {interval: 100ms}
alerting:
  rule_files: [rules.yml]
  global: {resolve_timeout: 2s}
  route: {receiver: ops, group_by: [task], group_wait: 0s, group_interval: 100ms}
  receivers:
    - name: ops
      webhook_configs: [{url: "${hook.url}"}]
`;

test(`${kCycles} kills lose no change and reorder none`, { timeout: 120_000 + kCycles * 5_000 }, async (t) => {
  const dice = random(seed);
  const jobs = new Map(); // name → {firing, since, changes}
  for (let i = 0; i < kJobs; ++i) jobs.set(`job${i}`, { firing: false, changes: 0, told: [] });
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'rules.yml'), kRules);
  const textfile = new Textfile(dir);
  const write = () =>
    textfile.set('job_seconds', Object.fromEntries([...jobs].map(([name, job]) => [name, job.firing ? 20 : 1])));

  let duplicates = 0;
  const problems = [];
  // The stream is closed: a job changes again some time after its last change was told.
  const hook = await Recorder.start({
    answer: () => (dice() < 1 / 3 ? { status: 503 } : undefined),
    onNotice: ({ body }) => {
      for (const { labels, status, startsAt } of body.alerts) {
        const job = jobs.get(labels.task);
        const want = job.firing ? 'firing' : 'resolved';
        const last = job.told.at(-1);
        if (last && last.status === status && (status === 'firing' || last.startsAt === startsAt)) {
          ++duplicates;
        } else if (status !== want) {
          problems.push(`${labels.task}: ${status} was told where ${want} is due`);
        } else {
          job.told.push({ status, startsAt });
          setTimeout(() => {
            if (done) return;
            job.firing = !job.firing;
            ++job.changes;
            write();
          }, 50 + dice() * 400).unref();
        }
      }
    },
  });
  let done = false;
  for (const job of jobs.values()) job.firing = dice() < 0.8;
  write();
  const options = { dir, config: config(hook), args: [textfile.flag] };
  for (let cycle = 0; cycle < kCycles; ++cycle) {
    const agent = new Agent(options);
    await agent.listening();
    await delay(dice() * 800); // the random moment
    await agent.stop('SIGKILL');
  }
  const agent = await Agent.start(options);
  done = true;
  try {
    // What is due is told in the end.
    await until('the last changes to be told', 30_000, () =>
      [...jobs.values()].every((job) =>
        job.told.length === 0 ? !job.firing : job.told.at(-1).status === (job.firing ? 'firing' : 'resolved')));
  } finally {
    await agent.stop('SIGKILL');
    await hook.stop();
  }
  assert.deepEqual(problems, []);
  const changes = [...jobs.values()].reduce((sum, job) => sum + job.told.length, 0);
  assert.ok(changes > kCycles / 2, `${changes} changes were told`);
  t.diagnostic(`seed ${seed}: ${kCycles} kills, ${hook.requests} requests, ${changes} changes told, ${duplicates} again`);
});
