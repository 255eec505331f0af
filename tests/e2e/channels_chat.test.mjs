// webhook, alertmanager, dingtalk, wecom, feishu and slack, each through the real network module to a
// double that checks what its vendor checks; and what each makes of a receiver that misbehaves.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { tempDir } from './support/agent.mjs';
import { makeAuthority } from './support/certificates.mjs';
import { ChannelSend, notification } from './support/channel_send.mjs';
import { AlertmanagerApi, DingTalk, Feishu, Slack, WeCom, Webhook } from './support/receivers.mjs';
import { testProgram } from './support/requirements.mjs';

testProgram('channel_send');
const kSecret = 'SECfakefakefake';
const kBearer = 'b34r3r-t0k3n';
let sender;
let authority;

before(async () => {
  sender = new ChannelSend();
  authority = await makeAuthority(tempDir());
});
after(async () => {
  sender.child.stdin.end();
  await sender.end();
});

// Every kind: its double, and the settings that fit it.
const kKinds = {
  webhook: {
    secrets: [kBearer],
    start: (more) => Webhook.start({ bearer: kBearer, ...more }),
    settings: ({ url }) => ({ url, 'http_config.authorization.credentials': kBearer }),
  },
  alertmanager: { start: (more) => AlertmanagerApi.start(more), settings: ({ origin }) => ({ urls: [origin] }) },
  dingtalk: {
    secrets: [kSecret],
    start: (more) => DingTalk.start({ secret: kSecret, ...more }),
    settings: ({ url }) => ({ url, secret: kSecret, at_mobiles: ['13900000000'] }),
  },
  wecom: { start: (more) => WeCom.start(more), settings: ({ url }) => ({ url, mentioned_list: ['@all'] }) },
  feishu: {
    secrets: [kSecret],
    start: (more) => Feishu.start({ secret: kSecret, ...more }),
    settings: ({ url }) => ({ url, secret: kSecret }),
  },
  slack: { start: (more) => Slack.start(more), settings: ({ url }) => ({ api_url: url }) },
};
const kVendors = ['dingtalk', 'wecom', 'feishu', 'slack'];

// Runs with a receiver of the kind; `send` sends to it.
async function withReceiver(kind, use, options = {}) {
  const receiver = await kKinds[kind].start(options);
  const settings = kKinds[kind].settings(receiver);
  const send = (notice = notification('n-1'), more = {}) => sender.send(kind, { ...settings, ...more }, notice);
  try {
    await use(receiver, send);
  } finally {
    await receiver.stop();
  }
}

// Nothing that must be secret, in what people are told.
function assertDiscreet({ problem }, receiver, secrets = []) {
  const parts = receiver.url.slice(receiver.origin.length).split(/[/?=]/).filter((part) => part.length >= 12);
  for (const secret of [receiver.url, ...parts, ...secrets]) {
    assert.ok(!problem.includes(secret), `"${problem}" shows ${secret}`);
  }
  assert.ok([...problem].length < 500, problem);
}

const big = () => {
  const notice = notification('n-big');
  const [group] = notice.groups;
  const [alert] = group.alerts;
  group.alerts = Array.from({ length: 300 }, (_, i) => ({
    ...alert, labels: { ...alert.labels, instance: `web-${i}` },
    annotations: { summary: `第 ${i} 台：磁盘“/数据”将满\n请尽快清理或扩容 <b>&amp;` },
  }));
  return notice;
};

for (const kind of Object.keys(kKinds)) {
  test(`${kind}: what is sent passes the checks of the vendor`, () => withReceiver(kind, async (receiver, send) => {
    const delivery = await send();
    assert.equal(delivery.outcome, 'delivered', `${delivery.problem} ${receiver.problems}`);
    assert.equal(delivery.problem, '');
    assert.equal(receiver.messages.length, 1);
    assert.match(JSON.stringify(receiver.last), /磁盘 \/数据 将满/);
  }));

  test(`${kind}: 300 alerts in Chinese keep within the limit`, () => withReceiver(kind, async (receiver, send) => {
    const delivery = await send(big());
    assert.equal(delivery.outcome, 'delivered', `${delivery.problem} ${receiver.problems}`);
    if (kVendors.includes(kind)) assert.match(JSON.stringify(receiver.last), /还有 \d+ 条/);
  }));

  test(`${kind}: a receiver that misbehaves`, () => withReceiver(kind, async (receiver, send) => {
    const { secrets = [] } = kKinds[kind];
    const after = async (fault, more) => {
      receiver.faults.push(fault);
      const delivery = await send(notification('n-2'), more);
      assert.equal(receiver.faults.length, 0, 'the fault was met');
      assertDiscreet(delivery, receiver, secrets);
      return [delivery.outcome, delivery.reason, delivery.retry_after_ms];
    };
    assert.deepEqual(await after({ status: 500, body: `oops ${receiver.url} ${secrets}` }), ['retry', 'http_status', null]);
    assert.deepEqual(await after({ status: 429, headers: { 'retry-after': '7' } }), ['retry', 'rate_limited', 7000]);
    assert.deepEqual(await after({ status: 503, headers: { 'retry-after': '9' } }), ['retry', 'http_status', 9000]);
    assert.deepEqual(await after({ status: 404, body: `Cannot POST ${receiver.path}` }), ['refused', 'http_status', null]);
    assert.deepEqual(await after('redirect'), ['refused', 'redirect', null]);
    assert.deepEqual(await after('reset'), ['unclear', 'no_answer', null]);
    assert.deepEqual(await after('hang', { timeout: '300ms' }), ['unclear', 'timeout', null]);
    assert.equal(receiver.messages.length, 0, 'no redirect was followed, nothing else was sent');
    // A page, or 100 MB, in place of an answer: only who answers nothing but a status is believed.
    const [page, flood] = [await after('garbage'), await after('flood')];
    const expected = kVendors.includes(kind) ? ['retry', 'garbage', null] : ['delivered', '', null];
    assert.deepEqual(page, expected);
    assert.deepEqual(flood, expected);
  }));

  test(`${kind}: nobody there`, () => withReceiver(kind, async (receiver, send) => {
    await receiver.stop();
    const closed = await send();
    assert.deepEqual([closed.outcome, closed.reason], ['retry', 'connect'], closed.problem);
    assertDiscreet(closed, receiver);
  }));

  test(`${kind}: certificates are verified`, async () => {
    const good = await authority.issue(`${kind}-good`);
    await withReceiver(kind, async (receiver, send) => {
      const unknown = await send();
      assert.deepEqual([unknown.outcome, unknown.reason], ['retry', 'tls'], unknown.problem);
      assertDiscreet(unknown, receiver);
      const known = await send(notification('n-3'), { ca_file: authority.ca });
      assert.equal(known.outcome, 'delivered', known.problem);
    }, { tls: good });
    const expired = await authority.issue(`${kind}-expired`, { expired: true });
    await withReceiver(kind, async (receiver, send) => {
      const refused = await send(notification('n-4'), { ca_file: authority.ca });
      assert.deepEqual([refused.outcome, refused.reason], ['retry', 'tls'], refused.problem);
      assert.match(refused.problem, /expired/);
      assert.equal(receiver.requests, 0, 'nothing was said to somebody whose certificate is no good');
      assertDiscreet(refused, receiver);
    }, { tls: expired });
  });
}

test('a name that does not resolve', async () => {
  const delivery = await sender.send('webhook', { url: 'http://no-such-host.invalid/s3cr3t-h00k' }, notification('n-5'));
  assert.deepEqual([delivery.outcome, delivery.reason], ['retry', 'dns'], delivery.problem);
  assert.ok(!delivery.problem.includes('s3cr3t-h00k'));
});

test('webhook: the id is the same for every attempt', () => withReceiver('webhook', async (receiver, send) => {
  await send(notification('stable-id'));
  await send(notification('stable-id'));
  const ids = receiver.messages.map(({ headers }) => headers['x-ecsward-notification-id']);
  assert.deepEqual(ids, ['stable-id', 'stable-id']);
}));

test('webhook: a wrong token is refused, and not shown', () => withReceiver('webhook', async (receiver, send) => {
  const delivery = await send(notification('n-6'), { 'http_config.authorization.credentials': 'wr0ng-t0k3n' });
  assert.deepEqual([delivery.outcome, delivery.reason], ['refused', 'http_status']);
  assert.equal(receiver.messages.length, 0);
  assert.ok(!delivery.problem.includes('wr0ng-t0k3n'));
}));

test('alertmanager: one peer of two is enough', () => withReceiver('alertmanager', async (up, send) => {
  const down = await AlertmanagerApi.start();
  await down.stop();
  const delivery = await send(notification('n-7'), { urls: [down.origin, up.origin] });
  assert.equal(delivery.outcome, 'delivered');
  assert.match(delivery.problem, /^urls\[0\]: /);
  assert.equal(up.messages.length, 1);
  assert.equal((await send(notification('n-7'), { urls: [down.origin, down.origin] })).outcome, 'retry');
}));

test('alertmanager: a resolved alert has its end', () => withReceiver('alertmanager', async (receiver, send) => {
  await send(notification('n-8'));
  assert.ok(Date.parse(receiver.last[0].endsAt) > Date.now() + 3_600_000);
  await send(notification('n-9', { resolved: true }));
  assert.ok(Date.parse(receiver.last[0].endsAt) <= Date.now());
}));

test('dingtalk: the 21st message of a minute, and the ten minutes after it', () =>
  withReceiver('dingtalk', async (receiver, send) => {
    for (let i = 0; i < 20; i++) assert.equal((await send()).outcome, 'delivered');
    const late = await send();
    assert.deepEqual([late.outcome, late.reason, late.retry_after_ms], ['retry', 'rate_limited', 600_000]);
    assert.equal(receiver.messages.length, 20);
  }));

test('dingtalk: a wrong secret, a wrong token, a missing keyword', async () => {
  await withReceiver('dingtalk', async (receiver, send) => {
    const wrong = await send(notification('n-10'), { secret: 'SECwrongwrong' });
    assert.deepEqual([wrong.outcome, wrong.reason], ['refused', 'api_code']);
    assert.match(wrong.problem, /^DingTalk answered 310000: sign not match/);
    const nobody = await send(notification('n-10'), { url: `${receiver.origin}/robot/send?access_token=n0b0dy` });
    assert.match(nobody.problem, /300005/);
    assert.equal(nobody.outcome, 'refused');
    assert.ok(!nobody.problem.includes('n0b0dy'));
  });
  await withReceiver('dingtalk', async (receiver, send) => {
    const missing = await send();
    assert.equal(missing.outcome, 'refused');
    assert.match(missing.problem, /keywords not in content/);
    assert.equal((await send(notification('n-10'), { title: '运维 {{ .CommonLabels.alertname }}' })).outcome, 'delivered');
  }, { keyword: '运维' });
});

test('dingtalk: mentions stand in the text, too', () => withReceiver('dingtalk', async (receiver, send) => {
  await send();
  assert.deepEqual(receiver.last.at, { atMobiles: ['13900000000'], isAtAll: false });
  assert.match(receiver.last.markdown.text, /@13900000000$/);
}));

test('dingtalk: a template that fails loses no alert', () => withReceiver('dingtalk', async (receiver, send) => {
  const delivery = await send(notification('n-11'), { text: '{{ template "no.such" . }}' });
  assert.deepEqual([delivery.outcome, delivery.reason], ['delivered', 'template']);
  assert.match(receiver.last.markdown.text, /模板出错.*磁盘 \/数据 将满/s);
}));

test('wecom: text keeps within 2048 bytes, and too fast is said', () => withReceiver('wecom', async (receiver, send) => {
  assert.equal((await send(big(), { msg_type: 'text' })).outcome, 'delivered');
  assert.deepEqual(receiver.last.text.mentioned_list, ['@all']);
  for (let i = 1; i < 20; i++) await send();
  const late = await send();
  assert.deepEqual([late.outcome, late.reason, late.retry_after_ms], ['retry', 'rate_limited', 60_000]);
}));

test('wecom: a robot that is gone', () => withReceiver('wecom', async (receiver, send) => {
  const delivery = await send(notification('n-12'), { url: `${receiver.origin}${receiver.path}?key=g0ne-g0ne` });
  assert.deepEqual([delivery.outcome, delivery.reason], ['refused', 'api_code']);
  assert.match(delivery.problem, /93000/);
}));

test('feishu: cards and texts are signed, and too fast is said', () => {
  let now = Date.now();
  return withReceiver('feishu', async (receiver, send) => {
    assert.equal((await send(notification('n-13'), { msg_type: 'text' })).outcome, 'delivered');
    assert.equal((await send(big(), { msg_type: 'text' })).outcome, 'delivered');
    for (let i = 2; i < 5; i++) assert.equal((await send()).outcome, 'delivered');
    const late = await send(); // by the receiver's clock, which stands, within the same second
    assert.deepEqual([late.outcome, late.reason, late.retry_after_ms], ['retry', 'rate_limited', 60_000]);
    now += 1001;
    assert.equal((await send()).outcome, 'delivered');
    now += 3_700_000; // now we are an hour too early
    const stale = await send();
    assert.deepEqual([stale.outcome, stale.reason], ['refused', 'api_code']);
    assert.match(stale.problem, /19021/);
  }, { now: () => now });
});

test('slack: a second message in a second waits for as long as Slack says', () => {
  const now = Date.now();
  return withReceiver('slack', async (receiver, send) => {
    assert.equal((await send()).outcome, 'delivered');
    const late = await send();
    assert.deepEqual([late.outcome, late.reason, late.retry_after_ms], ['retry', 'rate_limited', 1000]);
  }, { now: () => now });
});

test('secrets stand in no place that others can read', async () => {
  const proc = (name) => fs.readFileSync(`/proc/${sender.pid}/${name}`, 'latin1');
  for (const text of [proc('cmdline'), proc('environ'), sender.stderr]) {
    for (const secret of [kSecret, kBearer, 's3cr3t-h00k', 'dingtalk-t0k3n']) assert.ok(!text.includes(secret));
  }
});
