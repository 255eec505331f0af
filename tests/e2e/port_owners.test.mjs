// Who owns a port: beside `ss -lntupH`, over servers of all kinds.
//
// The host is alive: what ss says before and after must be the same to count, and what only we see must be
// in one of the two.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import {
  asNobody, commandListeners, listenerKey, pageListeners, Sockets, ssListeners, startNginx, startPostgres,
} from './support/listeners.mjs';
import { freePort } from './support/ports.mjs';
import { agentBinary, judge, needRoot, testProgram } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

agentBinary();
needRoot('looks at what others have open');
judge('ss');
testProgram('sockets');
const kMany = 2000;
const kManyAddress = '127.7.0.1';
const kCrowd = { timeout: 150_000 };

// The part of ss's answer that was the same twice.
function steady(before, after) {
  const same = new Map();
  for (const [key, one] of before) {
    const other = after.get(key);
    if (other && other.sockets === one.sockets && [...one.pids].every((pid) => other.pids.has(pid)) &&
        one.pids.size === other.pids.size) {
      same.set(key, one);
    }
  }
  return same;
}

// Everything in which we differ from ss, as lines to read.
function differences(same, anywhere, ours, commandList) {
  const lines = [];
  for (const [key, { sockets, names, pids }] of same) {
    const one = ours.get(key);
    if (!one) {
      lines.push(`${key}: ss has it (${[...names]}), we do not`);
      continue;
    }
    if (one.sockets !== sockets) lines.push(`${key}: ${one.sockets} sockets, ss ${sockets}`);
    for (const { process } of one.owners) {
      if (pids.size > 0 ? !names.has(process) : process !== '') {
        lines.push(`${key}: owner "${process}", ss ${JSON.stringify([...names])}`);
      }
    }
  }
  for (const key of ours.keys()) {
    if (!anywhere.some((ss) => ss.has(key))) lines.push(`${key}: we have it, ss does not`);
  }
  if (!commandList) return lines;
  const holders = new Map();
  for (const one of commandList) {
    const key = listenerKey(one);
    const all = holders.get(key) ?? new Set();
    one.holders.forEach((pid) => all.add(pid));
    holders.set(key, all);
    const pids = same.get(key)?.pids;
    if (pids?.size > 0 && !pids.has(one.pid)) lines.push(`${key}: pid ${one.pid}, ss ${[...pids]}`);
  }
  for (const [key, { pids }] of same) {
    const all = holders.get(key) ?? new Set();
    if (all.size !== pids.size || ![...pids].every((pid) => all.has(pid))) {
      lines.push(`${key}: held by ${[...all]}, ss ${[...pids]}`);
    }
  }
  return lines;
}

test('the owner of every listener is the one that ss names', kCrowd, async (t) => {
  const dir = tempDir();
  const children = [];
  const add = async (started) => children[children.push(await started) - 1];
  let agent;
  try {
    const [nginxPort, nginxReused, postgresPort, hiddenPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
    await add(startNginx(dir, nginxPort, nginxReused));
    await add(startPostgres(dir, postgresPort));
    // As a container is: another network, other processes.
    await add(Sockets.start('in-container', ['listen', `tcp,0.0.0.0,${hiddenPort}`, `udp,0.0.0.0,${hiddenPort}`],
      { wrap: ['unshare', '--net', '--pid', '--fork', '--kill-child'] }));
    const group = await add(Sockets.start('reuse-group', ['group', '8', 'tcp,127.0.0.1,0']));
    const udpGroup = await add(Sockets.start('reuse-udp', ['group', '3', 'udp,127.0.0.1,0']));
    const activated = await add(Sockets.start('opener', ['activate', 'activated', 'tcp,127.0.0.1,0']));
    const stacks = await add(Sockets.start('stacks',
      ['listen', 'tcp6,::,0', 'tcp6only,::,0', 'tcp6only,::1,0', 'udp,0.0.0.0,0', 'udp6,::,0', 'udp6only,::,0', 'udp6only,::1,0']));
    const other = await add(Sockets.start('not-root', ['listen', 'tcp,127.0.0.1,0'], { wrap: asNobody }));
    const odd = await add(Sockets.start('a b\u001b[31m"\\\n', ['listen', 'tcp,127.0.0.1,0']));
    await add(Sockets.start('two-thousand', ['listen', `tcp,${kManyAddress},0,x${kMany}`]));

    agent = await Agent.start({ dir, config: 'alerting: {rule_files: []}\n' });
    const oddPort = odd.ports[0];
    const withoutOdd = (map) => new Map([...map].filter(([key]) => key !== `tcp 127.0.0.1 ${oddPort}`));

    // Owners of so many are not found in one tick.
    let left = [];
    const start = performance.now();
    const { page, same, listed } = await until('the owners', 60_000, async () => {
      const before = ssListeners();
      const scraped = await agent.scrape();
      const command = await commandListeners(agent);
      const after = ssListeners();
      left = differences(withoutOdd(steady(before, after)), [before, after], withoutOdd(pageListeners(scraped)),
        command?.filter((one) => listenerKey(one) !== `tcp 127.0.0.1 ${oddPort}`));
      return left.length === 0 && { page: scraped, same: steady(before, after), listed: command };
    }, 500).catch((error) => {
      throw new Error(`${error.message}; ${left.length} differences:\n${left.slice(0, 40).join('\n')}`);
    });
    t.diagnostic(`${same.size} addresses agree with ss after ${Math.round(performance.now() - start)} ms` +
      (listed ? '' : '; NOT COMPARED: ecsward ports --json, there is no such command'));

    // ss itself is not asked whether all that was started is there.
    const ours = pageListeners(page);
    const owners = (key) => ours.get(key)?.owners ?? [];
    const names = (key) => [...new Set(owners(key).map((labels) => labels.process))];
    assert.deepEqual(names(`tcp 127.0.0.1 ${nginxPort}`), ['nginx']);
    assert.deepEqual(names(`tcp ::1 ${nginxPort}`), ['nginx']);
    assert.deepEqual(names(`tcp 0.0.0.0 ${nginxReused}`), ['nginx']);
    assert.equal(ours.get(`tcp 0.0.0.0 ${nginxReused}`).sockets, 3);
    assert.deepEqual(owners(`tcp 127.0.0.1 ${postgresPort}`).map(({ process, user }) => ({ process, user })),
      [{ process: 'postgres', user: 'nobody' }]);
    assert.deepEqual(names(`tcp ::1 ${postgresPort}`), ['postgres']);
    assert.deepEqual(names(`tcp 127.0.0.1 ${group.ports[0]}`), ['reuse-group']);
    assert.equal(ours.get(`tcp 127.0.0.1 ${group.ports[0]}`).sockets, 8);
    assert.deepEqual(names(`udp 127.0.0.1 ${udpGroup.ports[0]}`), ['reuse-udp']);
    assert.equal(names(`tcp 127.0.0.1 ${activated.ports[0]}`).length, 1);
    const stackKeys = ['tcp *', 'tcp ::', 'tcp ::1', 'udp 0.0.0.0', 'udp *', 'udp ::', 'udp ::1'].map((key, i) => `${key} ${stacks.ports[i]}`);
    for (const key of stackKeys) assert.deepEqual(names(key), ['stacks'], key);
    assert.deepEqual(owners(`tcp 127.0.0.1 ${other.ports[0]}`).map(({ process, user }) => ({ process, user })),
      [{ process: 'not-root', user: 'nobody' }]);
    const [{ process: oddName }] = owners(`tcp 127.0.0.1 ${oddPort}`);
    assert.match(oddName, /^a b/);
    assert.doesNotMatch(oddName, /[\u0000-\u001f\u007f]/);
    const many = [...ours].filter(([key]) => key.startsWith(`tcp ${kManyAddress} `));
    assert.equal(many.length, kMany);
    assert.ok(many.every(([, { owners: of }]) => of.length === 1 && of[0].process === 'two-thousand'));
    // What listens elsewhere is not ours, and its owner is nobody's here.
    assert.equal(ours.has(`tcp 0.0.0.0 ${hiddenPort}`), false);
    assert.ok(![...ours.values()].some(({ owners: of }) => of.some(({ process }) => process === 'in-container')));
    assert.equal(page.series.get('ecsward_ports_left_out{}')?.value ?? 0, 0);
    assert.equal(agent.exit, undefined);
  } finally {
    await Promise.all([agent, ...children].map((one) => one?.stop('SIGKILL')));
  }
});
