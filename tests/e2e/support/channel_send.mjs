// The test program that sends one notification after the other through real channels.
import { Child } from './process.mjs';
import { testProgram } from './requirements.mjs';
import { until } from './wait.mjs';

export class ChannelSend extends Child {
  #lines = 0;

  constructor(env = {}) {
    super(testProgram('channel_send'), [], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } });
    this.child.stdin.on('error', () => {});  // its end is told by what it wrote
  }

  // → {outcome, reason, problem, messages, retry_after_ms}
  async send(kind, settings, notification, more = {}) {
    this.child.stdin.write(`${JSON.stringify({ kind, settings, notification, ...more })}\n`);
    const line = await until(`an answer of channel_send`, 40_000, () => {
      const whole = this.stdout.split('\n').slice(0, -1);
      if (whole.length > this.#lines) return whole[this.#lines];
      if (this.exit) throw new Error(`channel_send ended: ${this.stderr}`);
      return undefined;
    }, 5);
    this.#lines += 1;
    return JSON.parse(line);
  }
}

const kSummary = '磁盘 /数据 将满：已用 95 %';

// One group with one alert, as the outbox keeps it. `change` may alter it.
export function notification(id, { resolved = false, labels = {}, summary = kSummary } = {}) {
  const now = Date.now();
  return {
    id,
    kind: 'alerts',
    receiver: 'ops',
    groups: [{
      key: '{}:{alertname="DiskFull"}',
      labels: { alertname: 'DiskFull' },
      at_ms: now,
      alerts: [{
        labels: { alertname: 'DiskFull', hostname: 'web-1', severity: 'critical', ...labels },
        annotations: { summary },
        starts_at_ms: now - 60_000,
        ...(resolved ? { ends_at_ms: now - 1000 } : {}),
        updated_at_ms: now,
        value: 0.95,
      }],
    }],
  };
}
