// What our client sends to Alibaba Cloud, judged by the official SDK inside tests/cloud_emulator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../cloud_emulator/emulator.mjs';
import { OpenApiCaller } from './support/openapi_call.mjs';

const kKeys = { LTAIfake: 'fake+secret/0=' };
const kEnvironment = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIfake', ALIBABA_CLOUD_ACCESS_KEY_SECRET: kKeys.LTAIfake };
const kHard = 'a b+c*d~e/f=g&h?i%j\'k(l)m!n@o:p,q;r"s<t>u|v{w}[x]#y$z^`\\ é 磁盘🚀\u3000\u200b\t\n\r\u0001\u007f';
// cloud/api_error.h, ApiErrorClass
const kNetwork = 0;
const kThrottled = 1;
const kTransient = 2;
const kResign = 5;
const kRefreshCredentials = 6;
const kCredentialsWrong = 7;
const kOther = 15;

const sms = (more = {}) => ({
  action: 'SendSms', version: '2017-05-25',
  query: {
    PhoneNumbers: '13900000000,+8613900000001', SignName: '阿里云（测试）', TemplateCode: 'SMS_123',
    TemplateParam: JSON.stringify({ name: '磁盘 95% 已满 !\'()*~', count: 3 }), ...more,
  },
});
const call = (more = {}) => ({
  action: 'SingleCallByTts', version: '2017-05-25',
  query: { CalledNumber: '13900000000', TtsCode: 'TTS_1', TtsParam: '{"host":"网站-01"}', PlayTimes: '2', OutId: 'n-1', ...more },
});
const mail = (more = {}) => ({
  action: 'SingleSendMail', version: '2015-11-23',
  form: {
    AccountName: 'ops@example.com', AddressType: '1', ReplyToAddress: 'false', ToAddress: 'a@example.com,b@example.com',
    Subject: '告警：磁盘 95% & <满>', HtmlBody: '<p>é &amp; "磁盘"</p>\r\n', FromAlias: '运维', ...more,
  },
});

// Runs `use(caller, emulator)` with both made as `options` say: {emulator, environment, args}.
async function withBoth(options, use) {
  const emulator = await start({ keys: kKeys, ...options.emulator });
  const caller = new OpenApiCaller(emulator.url, options);
  try {
    await use(caller, emulator);
  } finally {
    await caller.stop();
    await emulator.stop();
  }
}

test('with a key of the environment every action is let in', { timeout: 60_000 }, async () => {
  await withBoth({ environment: kEnvironment }, async (caller, emulator) => {
    for (const request of [sms(), call(), mail()]) {
      const answer = await caller.call(request);
      assert.equal(answer.ok, true, answer.text);
      const seen = emulator.requests.at(-1);
      assert.deepEqual(seen.parameters, request.query ?? request.form);
      assert.equal(answer.requestId, seen.requestId);
      assert.equal(seen.headers['x-acs-credentials-provider'], 'env');
      assert.equal(seen.headers['x-acs-security-token'], undefined);
      assert.equal(seen.headers['user-agent'], 'ecsward/test');
    }
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
    const details = await caller.call({
      action: 'QuerySendDetails', version: '2017-05-25',
      query: { PhoneNumber: '13900000000', SendDate: today, PageSize: '10', CurrentPage: '1' },
    });
    assert.equal(details.body.SmsSendDetailDTOs.SmsSendDetailDTO.length, 1);
    assert.deepEqual(emulator.deliveries.map((d) => d.action), ['SendSms', 'SingleCallByTts', 'SingleSendMail']);
    assert.equal(emulator.metadata.requests.length, 0);
    assert.match(caller.stderr, /never expires/);
  });
});

test('any text arrives as it was, in the query and in a form', { timeout: 60_000 }, async () => {
  await withBoth({ environment: kEnvironment }, async (caller, emulator) => {
    const bytes = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    for (const text of [kHard, bytes, '', ' ', '%', '+', '%2B', '=&=', 'x'.repeat(5000)]) {
      assert.equal((await caller.call(sms({ OutId: text }))).ok, true, text);
      assert.equal(emulator.requests.at(-1).parameters.OutId, text);
      assert.equal((await caller.call(mail({ TextBody: text }))).ok, true, text);
      assert.equal(emulator.requests.at(-1).parameters.TextBody, text);
    }
    // What is signed is what is sent: the query is in its canonical form already.
    await caller.call(sms({ OutId: "!'()*~" }));
    assert.match(emulator.requests.at(-1).wireQuery, /^OutId=%21%27%28%29%2A~&PhoneNumbers=/);
  });
});

test('a large mail is let in', { timeout: 60_000 }, async () => {
  await withBoth({ environment: kEnvironment }, async (caller, emulator) => {
    const HtmlBody = '磁盘 <b>&amp;</b>\n'.repeat(20_000);
    const answer = await caller.call(mail({ HtmlBody }));
    assert.equal(answer.ok, true, answer.text);
    assert.equal(emulator.deliveries[0].parameters.HtmlBody, HtmlBody);
  });
});

test('a role of the instance works, whatever its metadata service asks for', { timeout: 60_000 }, async () => {
  for (const mode of ['normal', 'hardened', 'old']) {
    await withBoth({ emulator: { metadata: { mode } } }, async (caller, emulator) => {
      for (const request of [sms(), call(), mail()]) {
        const answer = await caller.call(request);
        assert.equal(answer.ok, true, `${mode}: ${answer.text}`);
      }
      const { headers } = emulator.requests[0];
      assert.equal(headers['x-acs-security-token'], emulator.metadata.issued.get('STS.EmulatedKey1').token);
      assert.equal(headers['x-acs-accesskey-id'], 'STS.EmulatedKey1');
      assert.equal(headers['x-acs-credentials-provider'], 'ecs_ram_role');
      assert.equal(emulator.metadata.requests.length, 3);  // once for all three calls
    });
  }
});

test('without a token where one must be had nothing is asked for', { timeout: 60_000 }, async () => {
  const environment = { ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' };
  await withBoth({ emulator: { metadata: { mode: 'old' } }, environment }, async (caller, emulator) => {
    const answer = await caller.call(sms());
    assert.match(answer.text, /no session token/);
    assert.equal(emulator.metadata.requests.length, 1);
    assert.equal(emulator.requests.length, 0);
  });
});

test('what is missing is named', { timeout: 60_000 }, async () => {
  await withBoth({ emulator: { metadata: { mode: 'no_role' } } }, async (caller, emulator) => {
    const answer = await caller.call(sms());
    assert.equal(answer.kind, kCredentialsWrong);
    assert.match(answer.text, /no RAM role is attached/);
    emulator.metadata.change({ mode: 'normal' });
    assert.equal((await caller.call(sms())).ok, false);  // it is left alone for some seconds
    assert.equal(emulator.metadata.requests.length, 2);
  });
  for (const mode of ['failing', 'empty']) {
    await withBoth({ emulator: { metadata: { mode } } }, async (caller) => {
      const answer = await caller.call(sms());
      assert.deepEqual([answer.kind, answer.stage], [kNetwork, 'not_sent'], mode);
    });
  }
});

test('a token that the API no longer takes is fetched anew, once', { timeout: 60_000 }, async () => {
  await withBoth({}, async (caller, emulator) => {
    assert.equal((await caller.call(sms())).ok, true);
    emulator.metadata.revoke();
    const answer = await caller.call(sms());
    assert.equal(answer.ok, true, answer.text);
    assert.deepEqual(emulator.requests.map((r) => r.code), ['OK', 'InvalidSecurityToken.Expired', 'OK']);
    assert.equal(emulator.requests.at(-1).headers['x-acs-accesskey-id'], 'STS.EmulatedKey2');
    emulator.faults.add({ kind: 'expire_token', times: 2 });
    const refused = await caller.call(sms());
    assert.equal(refused.kind, kRefreshCredentials);
    assert.equal(emulator.requests.length, 5);
    assert.equal((await caller.call(sms())).ok, true);
  });
});

test('short-lived credentials are renewed before they end', { timeout: 60_000 }, async () => {
  // Within 60 minutes of their end from the start, so a refresh is due, but no more than once a minute.
  await withBoth({ emulator: { metadata: { lifetimeSeconds: 1800 } } }, async (caller, emulator) => {
    for (let i = 0; i < 5; ++i) assert.equal((await caller.call(sms())).ok, true);
    assert.equal(emulator.metadata.requests.length, 3);
  });
});

test('a wrong clock is corrected by the answer', { timeout: 60_000 }, async () => {
  for (const hours of [-30, 5]) {
    await withBoth({ args: [`--clock-ahead=${hours * 3600}`] }, async (caller, emulator) => {
      const answer = await caller.call(sms());
      assert.equal(answer.ok, true, answer.text);
      assert.ok(Math.abs(answer.skewSeconds + hours * 3600) < 30, String(answer.skewSeconds));
      assert.equal((await caller.call(call())).ok, true);
      assert.deepEqual(emulator.requests.map((r) => r.code), ['InvalidTimeStamp.Expired', 'OK', 'OK']);
      // Then somebody sets the other clock.
      emulator.clockOffsetMs = 3_600_000;
      assert.equal((await caller.call(sms())).ok, true);
      assert.equal(emulator.requests.length, 5);
    });
  }
});

test('what the API refuses is told as it said it', { timeout: 60_000 }, async () => {
  await withBoth({ environment: kEnvironment }, async (caller, emulator) => {
    emulator.faults.add({ kind: 'throttle', retryAfterMs: 2500 });
    let answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.code, answer.retryAfterMs], [kThrottled, 'Throttling.User', 2500]);
    assert.equal(answer.requestId, emulator.requests.at(-1).requestId);
    emulator.faults.add({ kind: 'error', status: 503, code: 'ServiceUnavailable', retryAfterSeconds: 3 });
    answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.status, answer.retryAfterMs], [kTransient, 503, 3000]);
    emulator.faults.add({ kind: 'xml', code: 'SignatureNonceUsed' });
    answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.message], [kResign, 'injected & told']);
    emulator.faults.add({ kind: 'html', status: 502 });
    answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.text], [kTransient, 'SendSms: HTTP 502']);
    emulator.faults.add({ kind: 'redirect', location: `${emulator.url}/elsewhere` });
    answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.status], [kOther, 302]);
    assert.equal(emulator.requests.length, 5);  // nothing was followed or tried again
    assert.equal(emulator.deliveries.length, 0);
    // A business error is an answer.
    emulator.faults.add({ kind: 'business', code: 'isv.BUSINESS_LIMIT_CONTROL' });
    answer = await caller.call(sms());
    assert.deepEqual([answer.ok, answer.body.Code], [true, 'isv.BUSINESS_LIMIT_CONTROL']);
  });
});

test('an answer that does not come, or cannot be read, leaves it open', { timeout: 60_000 }, async () => {
  await withBoth({ environment: kEnvironment }, async (caller, emulator) => {
    for (const fault of [{ kind: 'reset' }, { kind: 'lost_answer' }, { kind: 'slow', ms: 1500 }, { kind: 'garbage' },
      { kind: 'truncated' }, { kind: 'html' }, { kind: 'huge' }]) {
      emulator.faults.add(fault);
      const begun = performance.now();
      const answer = await caller.call({ ...sms(), timeoutMs: 700 });
      assert.deepEqual([answer.kind, answer.stage], [kNetwork, 'maybe_sent'], `${fault.kind}: ${answer.text}`);
      assert.ok(performance.now() - begun < 1400, fault.kind);
    }
    assert.equal(emulator.deliveries.length, 6);
    assert.equal(emulator.requests.length, 7);
  });
});

test('nothing that is secret is told', { timeout: 60_000 }, async () => {
  // The wrong secret: the API then says what it would have signed, the token included.
  const environment = { ...kEnvironment, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'my-own-wrong-secret' };
  await withBoth({ environment }, async (caller, emulator) => {
    const answer = await caller.call(sms());
    assert.deepEqual([answer.kind, answer.code], [kCredentialsWrong, 'SignatureDoesNotMatch']);
    assert.match(emulator.requests[0].message, /Signature=/);  // it was there to be told
    const told = JSON.stringify(answer) + caller.stderr;
    for (const secret of ['my-own-wrong-secret', kKeys.LTAIfake, 'Signature=', '13900000000']) {
      assert.ok(!told.includes(secret), secret);
    }
  });
  await withBoth({}, async (caller, emulator) => {
    await caller.call(sms());
    emulator.metadata.issued.get('STS.EmulatedKey1').secret = 'another';
    const answer = await caller.call(sms());
    assert.equal(answer.code, 'SignatureDoesNotMatch');
    const { token } = emulator.metadata.issued.get('STS.EmulatedKey1');
    assert.ok(emulator.requests.at(-1).message.includes(token));
    assert.ok(!JSON.stringify(answer).includes(token));
  });
});
