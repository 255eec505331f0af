// Debian's prometheus-alertmanager on a free loopback port, and a webhook that writes down what it is
// told.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { get } from './http.mjs';
import { freePort } from './ports.mjs';
import { Child } from './process.mjs';
import { judge, skipFile } from './requirements.mjs';
import { until } from './wait.mjs';

// Debian's reads its default templates from /usr/share, wherever it is itself: what is unpacked beside it
// is laid over that folder where only it sees it.
function command() {
  const program = judge('prometheus-alertmanager');
  const template = 'prometheus/alertmanager/default.tmpl';
  if (fs.existsSync(path.join('/usr/share', template))) return [program];
  const share = path.resolve(program, '../../share');
  const mount = `mount -t overlay overlay -o ro,lowerdir=${share}:/usr/share /usr/share`;
  const wrapped = ['unshare', '--mount', 'sh', '-c', `${mount} && exec "$0" "$@"`];
  if (spawnSync(wrapped[0], [...wrapped.slice(1), 'test', '-e', path.join('/usr/share', template)]).status !== 0) {
    skipFile('alertmanager has no templates in /usr/share, and they cannot be mounted there');
  }
  return [...wrapped, program];
}

export class Alertmanager extends Child {
  // `config` is a file. `startedMs`: not later than its own clocks began, within some milliseconds.
  static async start(dir, config) {
    const [program, ...wrapping] = command();
    const port = await freePort();
    const startedMs = Date.now();
    const server = new Alertmanager(program, [
      ...wrapping,
      `--config.file=${config}`,
      `--storage.path=${path.join(dir, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ]);
    server.url = `http://127.0.0.1:${port}`;
    server.startedMs = startedMs;
    await until('alertmanager', 30_000, async () => {
      return server.exit || (await get(`${server.url}/-/ready`)).status === 200;
    }, 20);
    if (server.exit) throw new Error(server.stderr);
    return server;
  }

  async call(method, target, body) {
    const answer = await fetch(`${this.url}/api/v2/${target}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}

// Each request's path, body and moment, in `requests`.
export class RecordingWebhook {
  static async start() {
    const webhook = new RecordingWebhook();
    webhook.requests = [];
    webhook.server = http.createServer((request, response) => {
      const timeMs = Date.now();
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        webhook.requests.push({ timeMs, path: request.url, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
        response.end('ok');
      });
    });
    await new Promise((resolve) => webhook.server.listen(0, '127.0.0.1', resolve));
    webhook.url = `http://127.0.0.1:${webhook.server.address().port}`;
    return webhook;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
