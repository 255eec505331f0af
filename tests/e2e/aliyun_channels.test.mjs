// sms_configs, voice_configs and directmail_configs against an emulator in which Alibaba Cloud's official
// SDK signs every request again and its model classes name the parameters; and what becomes of a message
// when the service misbehaves.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { start } from '../cloud_emulator/emulator.mjs';
import { ChannelSend, notification } from './support/channel_send.mjs';
import { testProgram } from './support/requirements.mjs';

testProgram('channel_send');
const kKey = { id: 'LTAIfake', secret: 'fake-secret' };
let emulator;
let sender;

before(async () => {
  emulator = await start({
    keys: { [kKey.id]: kKey.secret }, signNames: ['某某运维'],
    templates: { SMS_1: ['name', 'summary'], SMS_2: [] }, senders: ['ops@mail.example.com'],
  });
  sender = new ChannelSend({ ALIBABA_CLOUD_ACCESS_KEY_ID: kKey.id, ALIBABA_CLOUD_ACCESS_KEY_SECRET: kKey.secret });
});
after(async () => {
  sender.child.stdin.end();
  await sender.end();
  await emulator.stop();
});
beforeEach(() => {
  emulator.requests.length = emulator.deliveries.length = 0;
  emulator.faults.clear();
});

const sms = (more = {}) => ({
  phone_numbers: ['13900000000', '+86 139-0000-0001', '+85260000000'],
  sign_name: '某某运维',
  template_code: 'SMS_1',
  template_params: { name: '{{ .CommonLabels.alertname }}', summary: '{{ .CommonAnnotations.summary }}' },
  endpoint: emulator.url,
  ...more,
});
const actions = () => emulator.requests.map(({ action }) => action);
const sent = (action) => emulator.deliveries.filter((delivery) => delivery.action === action);

test('a message in Chinese is let in by the SDK, and its variables keep the limit', async () => {
  const long = `磁盘“/数据”将满 https://example.com/x\r\n${'很'.repeat(50)}`;
  const result = await sender.send('sms', sms(), notification('sms-1', { summary: long }));
  assert.equal(result.outcome, 'delivered', result.problem);
  assert.equal(result.messages, 3);
  const [{ parameters }] = sent('SendSms');
  assert.equal(parameters.PhoneNumbers, '13900000000,13900000001,85260000000');
  assert.equal(parameters.SignName, '某某运维');
  assert.equal(parameters.OutId, 'sms-1');
  const { name, summary } = JSON.parse(parameters.TemplateParam);
  assert.equal(name, 'DiskFull');
  assert.equal([...summary].length, 35);
  assert.match(summary, /^磁盘“\/数据”将满 很+…$/);
});

test('a lost answer is asked about, and not sent twice', async () => {
  emulator.faults.add({ kind: 'lost_answer', action: 'SendSms' });
  const first = await sender.send('sms', sms(), notification('sms-2'));
  assert.equal(first.outcome, 'unclear');
  assert.equal(first.messages, 3);
  const second = await sender.send('sms', sms(), notification('sms-2'), { attempt: 2, may_be_there: true });
  assert.equal(second.outcome, 'delivered', second.problem);
  assert.equal(second.messages, 0);
  assert.deepEqual(actions(), ['SendSms', ...Array(3).fill('QuerySendDetails')]);
  assert.equal(sent('SendSms').length, 1);
});

test('a request that did not arrive is sent again once the service says so', async () => {
  emulator.faults.add({ kind: 'reset', action: 'SendSms' });
  const first = await sender.send('sms', sms(), notification('sms-3'));
  assert.equal(first.outcome, 'unclear');
  const second = await sender.send('sms', sms(), notification('sms-3'), { attempt: 2, may_be_there: true });
  assert.equal(second.outcome, 'delivered', second.problem);
  assert.equal(sent('SendSms').length, 1);
});

test('nothing is sent again while the service cannot be asked', async () => {
  emulator.faults.add({ kind: 'lost_answer', action: 'SendSms' });
  await sender.send('sms', sms(), notification('sms-4'));
  for (const fault of [{ kind: 'throttle', retryAfterMs: 700 }, { kind: 'reset' }, { kind: 'garbage' }, { kind: 'error', status: 503 }]) {
    emulator.faults.add({ ...fault, action: 'QuerySendDetails' });
    const again = await sender.send('sms', sms(), notification('sms-4'), { attempt: 2, may_be_there: true });
    assert.equal(again.outcome, 'retry', `${fault.kind}: ${again.problem}`);
    assert.equal(again.messages, 0);
  }
  const last = await sender.send('sms', sms(), notification('sms-4'), { attempt: 6, may_be_there: true });
  assert.equal(last.outcome, 'delivered');
  assert.equal(sent('SendSms').length, 1);
});

test('where asking is not permitted, a second message is better than none', async () => {
  emulator.faults.add({ kind: 'lost_answer', action: 'SendSms' });
  await sender.send('sms', sms(), notification('sms-5'));
  emulator.faults.add({ kind: 'error', status: 403, code: 'Forbidden.RAM', action: 'QuerySendDetails' });
  const again = await sender.send('sms', sms(), notification('sms-5'), { attempt: 2, may_be_there: true });
  assert.equal(again.outcome, 'delivered');
  assert.equal(again.messages, 3);
  assert.equal(sent('SendSms').length, 2);
});

test('the limit of a number is never tried again, a throttled call is', async () => {
  emulator.faults.add({ kind: 'business', code: 'isv.BUSINESS_LIMIT_CONTROL' });
  const limited = await sender.send('sms', sms(), notification('sms-6'));
  assert.equal(limited.outcome, 'refused');
  assert.equal(limited.reason, 'rate_limited');
  assert.equal(limited.messages, 0);
  emulator.faults.add({ kind: 'throttle', retryAfterMs: 1500 });
  const throttled = await sender.send('sms', sms(), notification('sms-6'));
  assert.equal(throttled.outcome, 'retry');
  assert.equal(throttled.retry_after_ms, 1500);
  assert.equal(sent('SendSms').length, 0);
});

test('a signature, a template or keys that are wrong are refused at once', async () => {
  for (const [settings, code] of [[sms({ sign_name: '别人' }), 'isv.SMS_SIGNATURE_ILLEGAL'],
    [sms({ template_code: 'SMS_9' }), 'isv.SMS_TEMPLATE_ILLEGAL'],
    [sms({ template_params: { name: 'x' } }), 'isv.TEMPLATE_MISSING_PARAMETERS']]) {
    const result = await sender.send('sms', settings, notification('sms-7'));
    assert.equal(result.outcome, 'refused');
    assert.match(result.problem, new RegExp(code));
  }
  const stranger = new ChannelSend({ ALIBABA_CLOUD_ACCESS_KEY_ID: kKey.id, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong-hunter2' });
  const result = await stranger.send('sms', sms(), notification('sms-8'));
  assert.equal(result.outcome, 'refused');
  assert.equal(result.reason, 'credentials');
  assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  stranger.child.stdin.end();
  await stranger.end();
});

test('what is no answer leaves it open whether the message was sent', async () => {
  for (const kind of ['garbage', 'html', 'truncated', 'huge']) {
    emulator.faults.add({ kind });
    const result = await sender.send('sms', sms(), notification(`sms-9-${kind}`));
    assert.equal(result.outcome, 'unclear', `${kind}: ${result.problem}`);
  }
  emulator.faults.add({ kind: 'slow', ms: 5000 });
  const slow = await sender.send('sms', sms({ timeout: '500ms' }), notification('sms-9-slow'));
  assert.equal(slow.outcome, 'unclear');
  emulator.faults.add({ kind: 'redirect' });
  const redirected = await sender.send('sms', sms(), notification('sms-9-redirect'));
  assert.equal(redirected.outcome, 'refused');
  assert.equal(redirected.reason, 'redirect');
});

const voice = (more = {}) => ({
  called_number: ['13900000000', '0571-88888888'],
  tts_code: 'TTS_1',
  tts_params: { name: '{{ .CommonAnnotations.summary }}' },
  endpoint: emulator.url,
  ...more,
});

test('each number is called once, also when one of them needs a second attempt', async () => {
  emulator.faults.add({ kind: 'business', code: 'isp.SYSTEM_ERROR' });
  const first = await sender.send('voice', voice(), notification('voice-0123456789'));
  assert.equal(first.outcome, 'retry');
  assert.equal(first.messages, 1);
  const second = await sender.send('voice', voice(), notification('voice-0123456789'), { attempt: 2 });
  assert.equal(second.outcome, 'delivered', second.problem);
  assert.deepEqual(
    sent('SingleCallByTts').map(({ parameters }) => parameters.CalledNumber), ['057188888888', '13900000000']);
  const [{ parameters }] = sent('SingleCallByTts');
  assert.equal(parameters.OutId, 'voice-012345678');
  assert.equal(JSON.parse(parameters.TtsParam).name, '磁盘 /数据 将满：已用 95 %');
});

const mail = (more = {}) => ({
  to: ['张三 <zhang@example.com>', 'li@example.com'],
  account_name: 'ops@mail.example.com',
  from_alias: '某某运维',
  endpoint: emulator.url,
  ...more,
});

test('a mail in Chinese is let in with its form', async () => {
  const result = await sender.send('directmail', mail(), notification('mail-1'));
  assert.equal(result.outcome, 'delivered', result.problem);
  const [{ parameters }] = sent('SingleSendMail');
  assert.equal(parameters.ToAddress, 'zhang@example.com,li@example.com');
  assert.equal(parameters.FromAlias, '某某运维');
  assert.match(parameters.Subject, /告警/);
  assert.match(parameters.HtmlBody, /磁盘 \/数据 将满：已用 95 %/);
  assert.match(parameters.TextBody, /磁盘 \/数据 将满：已用 95 %/);
});

test('a sender that is not set up is refused, a lost answer is tried again', async () => {
  const unknown = await sender.send('directmail', mail({ account_name: 'nobody@mail.example.com' }), notification('mail-2'));
  assert.equal(unknown.outcome, 'refused');
  assert.match(unknown.problem, /InvalidMailAddress\.NotFound/);
  emulator.faults.add({ kind: 'lost_answer' });
  const lost = await sender.send('directmail', mail(), notification('mail-3'));
  assert.equal(lost.outcome, 'unclear');
});
