// Child processes that a test starts and must end.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { until } from './wait.mjs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

// A started program: its output so far, and its end.
export class Child {
  constructor(command, args, options = {}) {
    this.name = command.split('/').pop();
    this.stdout = '';
    this.stderr = '';
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    running.add(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.stderr += `${error.message}\n`;
        running.delete(this.child);
        this.exit = { code: -1, signal: null };
        resolve(this.exit);
      });
      this.child.on('close', (code, signal) => {
        running.delete(this.child);
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  get pid() {
    return this.child.pid;
  }

  kill(signal = 'SIGTERM') {
    if (!this.exit) this.child.kill(signal);
  }

  // Resolves to {code, signal, ms}, ms since the call. Kills when `deadlineMs` pass, and throws.
  async stop(signal = 'SIGTERM', deadlineMs = 10_000) {
    const start = performance.now();
    this.kill(signal);
    return { ...(await this.end(deadlineMs)), ms: performance.now() - start };
  }

  async end(deadlineMs = 10_000) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(null), deadlineMs);
    });
    const exit = await Promise.race([this.ended, late]);
    clearTimeout(timer);
    if (exit) return exit;
    this.kill('SIGKILL');
    throw new Error(`${this.name} did not end within ${deadlineMs} ms\n${this.stderr}`);
  }

  // How long the main thread has been ready to run without a CPU to run on, in milliseconds.
  // source: proc(5) /proc/<pid>/schedstat, the second number, nanoseconds
  queuedMs() {
    return Number(fs.readFileSync(`/proc/${this.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  }

  // The first match of `pattern` in what it wrote to stderr or stdout; throws when it ends before.
  async said(pattern, deadlineMs = 10_000) {
    let match = null;
    await until(`${pattern} from ${this.name}`, deadlineMs, () => {
      match = pattern.exec(this.stderr) ?? pattern.exec(this.stdout);
      return match !== null || this.exit !== undefined;
    }, 10);
    if (match) return match;
    throw new Error(`${this.name} ended (${JSON.stringify(this.exit)}) before ${pattern}\n${this.stderr}`);
  }

  threads() {
    return Number(/^Threads:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]);
  }
}

// Runs to the end: {code, stdout, stderr}.
export async function run(command, args, options = {}) {
  const { deadlineMs = 30_000, ...rest } = options;
  const child = new Child(command, args, rest);
  const { code } = await child.end(deadlineMs);
  return { code, stdout: child.stdout, stderr: child.stderr };
}
