// Debian's prometheus on a free loopback port, with a scrape configuration of the test's.
import fs from 'node:fs';
import path from 'node:path';
import { get } from './http.mjs';
import { freePort } from './ports.mjs';
import { Child } from './process.mjs';
import { judge } from './requirements.mjs';
import { until } from './wait.mjs';

export class Prometheus extends Child {
  // `config` is an object: JSON is YAML. `args`: more flags.
  static async start(dir, config, args = []) {
    const file = path.join(dir, 'prometheus.yml');
    fs.writeFileSync(file, JSON.stringify(config));
    const port = await freePort();
    const server = new Prometheus(judge('prometheus'), [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(dir, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // A scrape's own troubles are said at debug level.
      ...(args.some((arg) => arg.startsWith('--log.level')) ? [] : ['--log.level=debug']),
      ...args,
    ]);
    server.url = `http://127.0.0.1:${port}`;
    await until('prometheus', 30_000, async () => (await get(`${server.url}/-/ready`)).status === 200);
    return server;
  }

  // An instant query: [{labels, value}].
  async query(expression) {
    const answer = await get(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, data, error } = JSON.parse(answer.body);
    if (status !== 'success') throw new Error(`${expression}: ${error}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  async targets() {
    return JSON.parse((await get(`${this.url}/api/v1/targets`)).body).data.activeTargets;
  }
}
