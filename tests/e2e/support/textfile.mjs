// Measurements that a test makes up: a folder for the textfile collector.
import fs from 'node:fs';
import path from 'node:path';

export class Textfile {
  constructor(dir) {
    this.dir = path.join(dir, 'textfile');
    fs.mkdirSync(this.dir, { recursive: true });
  }

  get flag() {
    return `--collector.textfile.directory=${this.dir}`;
  }

  // values: {name: value} of one gauge, `name` being its label `task`.
  set(metric, values) {
    const lines = Object.entries(values).map(([task, value]) => `${metric}{task="${task}"} ${value}\n`);
    const file = path.join(this.dir, `${metric}.prom`);
    fs.writeFileSync(`${file}.new`, `# TYPE ${metric} gauge\n${lines.join('')}`);
    fs.renameSync(`${file}.new`, file);
  }
}
