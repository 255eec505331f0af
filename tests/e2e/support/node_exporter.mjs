// Debian's prometheus-node-exporter on a free loopback port.
import { parseExposition } from './exposition.mjs';
import { get } from './http.mjs';
import { Child } from './process.mjs';
import { judge } from './requirements.mjs';
import { until } from './wait.mjs';
import { freePort } from './ports.mjs';

export class NodeExporter extends Child {
  static async start(args = []) {
    const port = await freePort();
    const exporter = new NodeExporter(judge('prometheus-node-exporter'), [
      `--web.listen-address=127.0.0.1:${port}`,
      ...args,
    ]);
    exporter.url = `http://127.0.0.1:${port}`;
    await until('node_exporter', 10_000, () => get(`${exporter.url}/metrics`));
    return exporter;
  }

  async scrape() {
    return parseExposition((await get(`${this.url}/metrics`, { timeoutMs: 30_000 })).body);
  }
}
