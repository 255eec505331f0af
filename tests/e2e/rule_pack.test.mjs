// Rule packs for node_exporter, as others wrote them, load unchanged and evaluate without an error
// on the live host: the one that Debian's package of node_exporter brings along, and one that has
// the constructs of the large public packs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Agent, tempDir } from './support/agent.mjs';
import { run } from './support/process.mjs';
import { agentBinary, judge, skipFile } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

const kBinary = agentBinary();
const kFixtures = fileURLToPath(new URL('../fixtures/rule_packs', import.meta.url));

// Where the package puts its example rules, beside the program that the other tests compare with.
function debianPack() {
  const root = path.resolve(judge('prometheus-node-exporter'), '../../..');
  const file = path.join(root, 'usr/share/doc/prometheus-node-exporter/examples/example-rules.yml');
  if (!fs.existsSync(file)) skipFile(`no ${file}: dpkg was told to leave documentation out`);
  return file;
}

const kPacks = [debianPack(), ...fs.readdirSync(kFixtures).map((name) => path.join(kFixtures, name))];
const kRules = kPacks.reduce(
  (sum, file) => sum + fs.readFileSync(file, 'utf8').match(/^ *- (record|alert):/gm).length, 0);
const kConfig = `alerting: {evaluation_interval: 1s, rule_files: ${JSON.stringify(kPacks)}}\n`;

// One answer of the control socket: the parts behind its first line.
function ask(socketPath, request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = net.connect(socketPath, () => socket.write(`${JSON.stringify({ request })}\n`));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      const answer = Buffer.concat(chunks).toString('utf8');
      const end = answer.indexOf('\n');
      const head = JSON.parse(answer.slice(0, end));
      if (head.status !== 'ok') reject(new Error(head.error));
      else resolve(JSON.parse(answer.slice(end + 1)));
    });
  });
}

test('promtool knows them as good, and so do we', { timeout: 60_000 }, async () => {
  const promtool = await run(judge('promtool'), ['check', 'rules', ...kPacks]);
  assert.equal(promtool.code, 0, promtool.stdout + promtool.stderr);
  const config = path.join(tempDir(), 'ecsward.yml');
  fs.writeFileSync(config, kConfig);
  const { code, stdout, stderr } = await run(kBinary, ['check', `--config=${config}`]);
  assert.equal(code, 0, stdout + stderr);
});

test('every rule evaluates on the live host', { timeout: 120_000 }, async () => {
  const agent = await Agent.start({ config: kConfig });
  const query = async (expression) => {
    const { code, stdout, stderr } = await run(kBinary, ['query', `--config=${agent.configFile}`, '--json', expression]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).data.result;
  };
  try {
    const loaded = await until('the rules', 10_000, () => agent.value('ecsward_rules_loaded{}'));
    assert.equal(loaded, kRules);
    // Groups of five seconds, and each of them three times.
    await until('three evaluations of every rule', 60_000, async () =>
      (await agent.value('ecsward_rules_evaluations_total{}')) >= 3 * kRules, 200);

    const rules = await ask(path.join(agent.dir, 'state/control.sock'), 'rules');
    assert.equal(rules.length, kRules);
    assert.deepEqual(rules.filter(({ health }) => health !== 'ok'), []);
    assert.equal(await agent.value('ecsward_rules_evaluation_failures_total{}'), 0);

    // Recorded series are there, for other rules and for people.
    for (const name of ['instance:node_cpus:count', 'instance:node_cpu_utilization:ratio', 'instance:node_num_cpu:sum',
      'instance:node_memory_utilisation:ratio', 'instance:node_load1_per_cpu:ratio', 'cluster:node_cpu:ratio']) {
      const [series, ...more] = await query(name);
      assert.ok(series && more.length === 0, `${name}: ${JSON.stringify([series, more])}`);
      assert.ok(Number(series.value[1]) >= 0, `${name}: ${series.value[1]}`);
    }
    const { stdout } = await run(kBinary, ['alerts', `--config=${agent.configFile}`, '--json']);
    const known = JSON.parse(stdout).data.alerts.find(({ labels }) => labels.alertname === 'HostKnown');
    assert.equal(known.state, 'firing');
    const [uname] = await query('node_uname_info');
    assert.equal(known.annotations.summary, `${uname.metric.nodename} runs ${uname.metric.release}`);
    assert.equal(known.annotations.machine, uname.metric.machine);
    assert.match(known.annotations.description, /LABELS = map\[.*nodename:/);
  } finally {
    await agent.stop();
  }
});
