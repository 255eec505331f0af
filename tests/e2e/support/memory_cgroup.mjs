// A memory cgroup of a test's own, of version 1 or 2, whichever has the memory controller here.
import fs from 'node:fs';
import path from 'node:path';
import { skipFile } from './requirements.mjs';

const made = [];
process.on('exit', () => made.forEach((group) => group.remove()));

function memoryMount() {
  const mounts = fs.readFileSync('/proc/mounts', 'utf8').split('\n').map((line) => line.split(' '));
  for (const [, place, type, options = ''] of mounts) {
    if (type === 'cgroup' && options.split(',').includes('memory')) return { place, version: 1 };
    if (type !== 'cgroup2') continue;
    const controllers = fs.readFileSync(path.join(place, 'cgroup.controllers'), 'utf8').trim().split(' ');
    if (controllers.includes('memory')) return { place, version: 2 };
  }
  return skipFile('no memory controller of cgroups');
}

export class MemoryCgroup {
  constructor(name, mib) {
    const { place, version } = memoryMount();
    this.folder = path.join(place, `ecsward-${name}-${process.pid}`);
    try {
      if (version === 2) fs.writeFileSync(path.join(place, 'cgroup.subtree_control'), '+memory');
      fs.mkdirSync(this.folder);
      made.push(this);
      const bytes = String(mib * 2 ** 20);
      if (version === 1) {
        this.#write('memory.limit_in_bytes', bytes);
        this.#writeIfThere('memory.memsw.limit_in_bytes', bytes);
      } else {
        this.#write('memory.max', bytes);
        this.#writeIfThere('memory.swap.max', '0');
      }
    } catch (error) {
      skipFile(`no memory cgroup can be made: ${error.message}`);
    }
  }

  // To put before a command that is to run in it.
  get wrap() {
    return ['sh', '-c', 'echo $$ >"$0" && exec "$@"', path.join(this.folder, 'cgroup.procs')];
  }

  #write(file, text) {
    fs.writeFileSync(path.join(this.folder, file), text);
  }
  #writeIfThere(file, text) {
    if (fs.existsSync(path.join(this.folder, file))) this.#write(file, text);
  }

  // When nothing runs in it any more.
  remove() {
    try {
      fs.rmdirSync(this.folder);
    } catch {
      // Somebody does, or it is gone already.
    }
  }
}
