// pidstat(1) of sysstat, once a second, over all processes.
import { Child } from './process.mjs';
import { judge } from './requirements.mjs';
import { until } from './wait.mjs';

export class Pidstat extends Child {
  static async start() {
    const one = new Pidstat(judge('pidstat'), ['-h', '-H', '-u', '-r', '-d', '-p', 'ALL', '1'], { env: { ...process.env, LC_ALL: 'C' } });
    await until('pidstat', 10_000, () => one.#seconds().length > 1);
    return one;
  }

  // [{ms: the second's end, processes: [{name, pid, cores, bytes, rate}]}], without the newest, which may be half
  // there
  #seconds() {
    const seconds = new Map();
    let columns = [];
    for (const line of this.stdout.split('\n')) {
      const words = line.trim().split(/\s+/);
      if (words[0] === '#') columns = words.slice(1);
      const time = Number(words[0]);
      if (words.length < columns.length || !(time > 1e9)) continue;
      const at = (name) => Number(words[columns.indexOf(name)]);
      if (!seconds.has(time)) seconds.set(time, { ms: time * 1000, processes: [] });
      seconds.get(time).processes.push({
        name: words.slice(columns.indexOf('Command')).join(' '),
        pid: at('PID'),
        cores: at('%CPU') / 100,
        bytes: at('RSS') * 1024,
        // Not there (-1) where /proc/PID/io may not be read.
        rate: (Math.max(0, at('kB_rd/s')) + Math.max(0, at('kB_wr/s')) - Math.max(0, at('kB_ccwr/s'))) * 1024,
      });
    }
    return [...seconds.values()].slice(0, -1);
  }

  // The averages of a stretch of time: {seconds, hog: {cores, bytes, rate}, all: {…}}. Its stamps are whole seconds,
  // cut: a line that says 10 covers at most the time from 9 to 11.
  between(fromMs, toMs, pid) {
    const inside = this.#seconds().filter(({ ms }) => ms >= fromMs && ms <= toMs);
    const mean = (what, of) =>
      inside.reduce((sum, { processes }) => sum + processes.filter(of).reduce((s, one) => s + one[what], 0), 0) / inside.length;
    const means = (of) => ({ cores: mean('cores', of), bytes: mean('bytes', of), rate: mean('rate', of) });
    return { seconds: inside.length, hog: means((one) => one.pid === pid), all: means(() => true) };
  }
}
