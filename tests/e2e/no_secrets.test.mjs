// Passwords and their hashes stay where they are: in a file that the agent reads, and nowhere it writes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { agentBinary } from './support/requirements.mjs';
import { until } from './support/wait.mjs';
import { kPassword, kPasswordHash, kUser, makeWebConfig } from './support/web_config.mjs';

agentBinary();

test('basic auth leaves no trace of a secret', { timeout: 60_000 }, async () => {
  const web = await makeWebConfig(tempDir());
  const agent = new Agent({ args: [`--web.config.file=${web.file}`, '--log.level=debug'] });
  try {
    agent.url = `https://${await agent.listening()}`;
    const ca = fs.readFileSync(web.ca);
    const as = (target, auth) => agent.get(target, { ca, auth });
    const wrong = 'wrong horse';

    assert.equal((await as('/metrics')).status, 401);
    assert.equal((await as('/metrics', `${kUser}:${wrong}`)).status, 401);
    assert.equal((await as('/metrics', `nobody:${kPassword}`)).status, 401);
    const pages = [];
    pages.push(await until('the first tick', 10_000, async () => {
      const answer = await as('/metrics', `${kUser}:${kPassword}`);
      return answer.status === 200 && answer;
    }));
    pages.push(await as('/', `${kUser}:${kPassword}`));
    pages.push(await as('/metrics', `${kUser}:${wrong}`));

    // A mistake on the very line of a secret is told without it.
    fs.appendFileSync(web.file, `  second: ${kPasswordHash}x\n  third: [${kPassword}]\n`);
    agent.kill('SIGHUP');
    await agent.said(/level=(warn|error).*web\.yml/);
    assert.equal((await as('/metrics', `${kUser}:${kPassword}`)).status, 200);
    pages.push(await as('/metrics', `${kUser}:${kPassword}`));

    const proc = (name) => fs.readFileSync(`/proc/${agent.pid}/${name}`, 'latin1');
    const token = Buffer.from(`${kUser}:${kPassword}`).toString('base64');
    const seen = {
      log: agent.stdout + agent.stderr,
      pages: pages.map((p) => JSON.stringify(p.headers) + p.body).join('\n'),
      'command line': proc('cmdline'),
      environment: proc('environ'),
    };
    for (const [where, text] of Object.entries(seen)) {
      for (const secret of [kPassword, wrong, kPasswordHash, kPasswordHash.slice(7), token]) {
        assert.ok(!text.includes(secret), `${where} shows "${secret}"`);
      }
    }
  } finally {
    await agent.stop('SIGKILL');
  }
});
