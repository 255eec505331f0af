// An `ecsward run` of a test's own: a free port, a state directory that goes away, the real host
// unless told otherwise.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseExposition } from './exposition.mjs';
import { get } from './http.mjs';
import { Child } from './process.mjs';
import { agentBinary } from './requirements.mjs';
import { until } from './wait.mjs';

const tempDirs = [];
process.on('exit', () => {
  for (const dir of tempDirs) fs.rmSync(dir, { recursive: true, force: true });
});

// A folder that is removed when the test file ends.
export function tempDir() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ecsward-e2e-'));
  tempDirs.push(dir);
  return dir;
}

export class Agent extends Child {
  // options: config (YAML text; null: no --config at all), args (more flags), listen (false: no --web.listen-address),
  // env, wrap (["setpriv", …] put before the command)
  constructor({ config = '', args = [], listen = '127.0.0.1:0', env = {}, wrap = [], dir = tempDir() } = {}) {
    const file = path.join(dir, 'ecsward.yml');
    if (config !== null) fs.writeFileSync(file, config + stateKey(config, dir));
    const command = [...wrap, agentBinary(), 'run'];
    if (config !== null) command.push(`--config=${file}`);
    if (listen) command.push(`--web.listen-address=${listen}`);
    command.push(...args);
    super(command[0], command.slice(1), { env: { ...process.env, ...env } });
    this.dir = dir;
    this.configFile = file;
  }

  // Started, listening, and one tick old.
  static async start(options = {}) {
    const agent = new Agent(options);
    await agent.listening();
    await until('the first tick', 10_000, async () => (await agent.get('/metrics')).status === 200, 10);
    return agent;
  }

  async listening() {
    const [, address] = await this.said(/msg="?listening"?.*? address="?([^\s"]+)/);
    this.address = address;
    this.url ??= `http://${address}`;
    return address;
  }

  reconfigure(config) {
    fs.writeFileSync(this.configFile, config + stateKey(config, this.dir));
    this.kill('SIGHUP');
  }

  get(target, options) {
    return get(this.url + target, options);
  }

  // The parsed page.
  async scrape(options) {
    const answer = await this.get('/metrics', options);
    if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}: ${answer.body}`);
    return { ...parseExposition(answer.body), answer };
  }

  // The value of one series, or undefined.
  async value(key) {
    return (await this.scrape()).series.get(key)?.value;
  }
}

function stateKey(config, dir) {
  return /^state:/m.test(config) ? '' : `\nstate: {directory: "${path.join(dir, 'state')}"}\n`;
}
