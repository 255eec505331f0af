// Who listens where: as ss says it, as the agent says it, and programs that do it.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { run, Child } from './process.mjs';
import { agentBinary, judge, skipFile, testProgram } from './requirements.mjs';

export const listenerKey = ({ proto, address, port }) => `${proto} ${address} ${port}`;

// What ss(8) knows of listening sockets: Map(key → {sockets, pids: Set, names: Set}). ss prints "*" for a
// dual-stack socket on all addresses and brackets around other IPv6 addresses.
export function ssListeners(command = [judge('ss')]) {
  const out = execFileSync(command[0], [...command.slice(1), '-lntupH'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const found = new Map();
  // A process's name may hold a line break.
  for (const line of out.trimEnd().split(/\n(?=tcp|udp)/)) {
    if (line === '') continue;
    const [proto, , , , local, , users = ''] = line.trim().split(/\s+/);
    const colon = local.lastIndexOf(':');
    const address = local.slice(0, colon).replace(/%.*$/, '').replace(/^\[(.*)\]$/, '$1');
    const key = listenerKey({ proto, address, port: local.slice(colon + 1) });
    const one = found.get(key) ?? { sockets: 0, pids: new Set(), names: new Set() };
    one.sockets += 1;
    // A name may hold blanks: of the whole line, not of its seventh word.
    for (const [, name, pid] of (users ? line : '').matchAll(/\("([^]*?)",pid=(\d+),fd=\d+\)/g)) {
      one.names.add(name);
      one.pids.add(Number(pid));
    }
    found.set(key, one);
  }
  return found;
}

// The same of a scraped page: Map(key → {sockets, owners: [labels]}).
export function pageListeners(page) {
  const found = new Map();
  for (const { name, labels, value } of page.series.values()) {
    if (name !== 'ecsward_port_listening') continue;
    const one = found.get(listenerKey(labels)) ?? { sockets: 0, owners: [] };
    one.sockets += value;
    one.owners.push(labels);
    found.set(listenerKey(labels), one);
  }
  return found;
}

// What `ecsward ports --json` lists of the agent's own namespace, or undefined where there is no such command.
export async function commandListeners(agent) {
  if (!/^ +ports /m.test((await run(agentBinary(), ['--help'])).stdout)) return undefined;
  const answer = JSON.parse((await run(agentBinary(), ['ports', '--json', `--config=${agent.configFile}`])).stdout);
  const list = (answer.data ?? answer).listeners;
  return list.filter((one) => !one.other_namespace);
}

export class Sockets extends Child {
  static #program;
  // `wrap`: ["setpriv", …] put before the command.
  constructor(name, args, { wrap = [] } = {}) {
    Sockets.#program ??= testProgram('sockets');
    const command = [...wrap, Sockets.#program, name, ...args];
    super(command[0], command.slice(1));
  }
  // Started, and its sockets are there: `ports` has one port for each spec.
  static async start(name, args, options) {
    const one = new Sockets(name, args, options);
    const [, ports] = await one.said(/^ready((?: \d+)+)\n/);
    one.ports = ports.trim().split(' ').map(Number);
    return one;
  }
}

// Somebody who is not root, without whom PostgreSQL does not start; he may read what root may, since the
// judges can lie anywhere.
export const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups',
  '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', '--pdeathsig=KILL'];

// Processes of their own, which end with the first of them, however the test ends: a worker survives its master.
const kTogether = ['unshare', '--pid', '--fork', '--kill-child'];

// A server of the judges', with the libraries beside it.
function judgeEnvironment() {
  const root = process.env.ECSWARD_JUDGES;
  if (!root) return process.env;
  const folder = path.join(root, 'usr/lib');
  const libraries = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.includes('-linux-')) : [];
  return { ...process.env, LD_LIBRARY_PATH: libraries.map((name) => path.join(folder, name)).join(':') };
}

function judgeFrom(folders, name) {
  const roots = [process.env.ECSWARD_JUDGES, ''].filter((root) => root !== undefined);
  for (const root of roots) {
    for (const folder of folders(root)) {
      if (fs.existsSync(path.join(folder, name))) return path.join(folder, name);
    }
  }
  return skipFile(`no ${name}: ./dev test unpacks it; or install it`);
}

// nginx with three workers: one port that they inherit, one where each has a socket of its own. → Child
export async function startNginx(dir, inherited, reused) {
  const nginx = judgeFrom((root) => [`${root}/usr/sbin`], 'nginx');
  const config = path.join(dir, 'nginx.conf');
  fs.writeFileSync(config, `
daemon off; master_process on; worker_processes 3; user nobody nogroup;
pid ${dir}/nginx.pid; error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${dir}/${what};`).join(' ')}
  server { listen 127.0.0.1:${inherited}; listen [::1]:${inherited}; return 200 "fine"; }
  server { listen ${reused} reuseport; return 200 "fine"; }
}
`);
  const child = new Child(kTogether[0], [...kTogether.slice(1), nginx, '-p', dir, '-c', config], { env: judgeEnvironment() });
  await child.said(/start worker process \d+\n[^]*start worker process \d+\n[^]*start worker process \d+\n/);
  return child;
}

// PostgreSQL in a folder below `dir`, as nobody. → Child
export async function startPostgres(dir, port) {
  const bins = (root) => {
    const folder = `${root}/usr/lib/postgresql`;
    return fs.existsSync(folder) ? fs.readdirSync(folder).map((version) => `${folder}/${version}/bin`) : [];
  };
  const initdb = judgeFrom(bins, 'initdb');
  const place = path.join(dir, 'postgres');
  fs.mkdirSync(place);
  fs.chmodSync(dir, 0o711);
  fs.chownSync(place, 65534, 65534);
  const data = path.join(place, 'data');
  const env = judgeEnvironment();
  const made = spawnSync(asNobody[0], [...asNobody.slice(1), initdb, '-D', data, '-A', 'trust', '-U', 'test', '--no-sync', '--no-locale', '-E', 'UTF8'],
    { env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stdout}${made.stderr}`);
  const server = new Child(kTogether[0], [...kTogether.slice(1), ...asNobody, path.join(path.dirname(initdb), 'postgres'), '-D', data, '-p', String(port),
    '-k', place, '-c', 'listen_addresses=127.0.0.1,::1', '-c', 'fsync=off', '-c', 'jit=off', '-c', 'shared_buffers=16MB'], { env });
  await server.said(/ready to accept connections/, 30_000);
  return server;
}
