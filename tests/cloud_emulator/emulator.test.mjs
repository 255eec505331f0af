// The emulator itself: it takes what the official SDK sends, and nothing that was tampered with.
import ecsRamRole from '@alicloud/credentials/dist/src/providers/ecs_ram_role.js';
import dm, { SingleSendMailRequest } from '@alicloud/dm20151123';
import dysmsapi, { QuerySendDetailsRequest, SendSmsRequest } from '@alicloud/dysmsapi20170525';
import openApiCore, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { start } from './emulator.mjs';
import { kModels } from './models.mjs';

const { default: EcsRamRole } = ecsRamRole;
const { default: Mail } = dm;
const { default: Sms } = dysmsapi;
const { default: OpenApi } = openApiCore;
const kKey = { id: 'LTAIfake', secret: 'fake-secret' };
const kHard = 'a b+c*d~e/f=g&h?i%j\'k(l)m!n@o:p,q;r"s<t>u|v{w}[x]#y$z^`\\ 磁盘🚀';
let emulator;

before(async () => {
  emulator = await start({ keys: { [kKey.id]: kKey.secret } });
});
after(() => emulator.stop());
beforeEach(() => {
  emulator.requests.length = emulator.deliveries.length = 0;
  emulator.faults.clear();
  emulator.clockOffsetMs = 0;
  emulator.metadata.change({ mode: 'normal' });
});

const config = (more = {}) => new $OpenApiUtil.Config({
  endpoint: emulator.host, protocol: 'HTTP', accessKeyId: kKey.id, accessKeySecret: kKey.secret, ...more,
});
const smsRequest = (more = {}) => new SendSmsRequest({
  phoneNumbers: '13900000000,13900000001', signName: '阿里云测试', templateCode: 'SMS_1',
  templateParam: JSON.stringify({ name: '磁盘 95% !\'()*~' }), ...more,
});
const codeOf = async (promise) => {
  try {
    return (await promise).body?.code ?? 'OK';
  } catch (error) {
    return error.code;
  }
};

test('the official SMS client is let in, and its parameters arrive as they were', async () => {
  const { body } = await new Sms(config()).sendSms(smsRequest({ outId: kHard }));
  assert.equal(body.code, 'OK');
  assert.match(body.requestId, /^EMULATED-/);
  const [request] = emulator.requests;
  assert.equal(request.accepted, true);
  assert.equal(request.parameters.OutId, kHard);
  assert.equal(emulator.deliveries.length, 1);
  const details = await new Sms(config()).querySendDetails(new QuerySendDetailsRequest({
    phoneNumber: '13900000001', bizId: body.bizId, currentPage: 1, pageSize: 10,
    sendDate: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', ''),
  }));
  assert.equal(details.body.totalCount, '1');
  assert.equal(details.body.smsSendDetailDTOs.smsSendDetailDTO[0].sendStatus, 3);
});

test('the official mail client is let in with its form', async () => {
  const { body } = await new Mail(config()).singleSendMail(new SingleSendMailRequest({
    accountName: 'ops@example.com', addressType: 1, replyToAddress: false, toAddress: 'a@example.com',
    subject: `告警 ${kHard}`, htmlBody: '<p>磁盘 &amp;</p>',
  }));
  assert.ok(body.envId);
  assert.equal(emulator.deliveries[0].parameters.Subject, `告警 ${kHard}`);
});

// There is no npm package of the voice product; the SDK's core makes the call.
test('a voice call by the SDK is let in', async () => {
  const { body } = await new OpenApi(config()).callApi(
    new $OpenApiUtil.Params({
      action: 'SingleCallByTts', version: '2017-05-25', protocol: 'HTTP', pathname: '/', method: 'POST',
      authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json',
    }),
    new $OpenApiUtil.OpenApiRequest({
      query: OpenApiUtil.query({ CalledNumber: '13900000000', TtsCode: 'TTS_1', TtsParam: '{"a":"b"}', PlayTimes: 2 }),
    }),
    new RuntimeOptions({}));
  assert.equal(body.Code, 'OK');
  assert.match(body.CallId, /\^1$/);
});

// The provider's host is a constant: only that is bent.
async function officialRole() {
  const provider = EcsRamRole.builder().build();
  const real = provider.doRequest;
  provider.doRequest = (request) => {
    request.toRequestURL = () => emulator.url + request.path;
    return real(request);
  };
  return provider.getCredentials();
}

test('the official credentials provider and the official client agree with the metadata', async () => {
  for (const mode of ['normal', 'hardened', 'old']) {
    emulator.metadata.change({ mode });
    const { accessKeyId, accessKeySecret, securityToken } = await officialRole();
    assert.match(accessKeyId, /^STS\./);
    const client = new Sms(config({ accessKeyId, accessKeySecret, securityToken, type: 'sts' }));
    assert.equal(await codeOf(client.sendSms(smsRequest())), 'OK', mode);
  }
  for (const mode of ['no_role', 'failing', 'empty']) {
    emulator.metadata.change({ mode });
    await assert.rejects(officialRole(), mode);
  }
});

test('a token that is expired, foreign or missing is refused', async () => {
  const { accessKeyId, accessKeySecret, securityToken } = await officialRole();
  const send = (more) => codeOf(new Sms(config({
    accessKeyId, accessKeySecret, securityToken, type: 'sts', ...more })).sendSms(smsRequest()));
  assert.equal(await send({}), 'OK');
  assert.equal(await send({ securityToken: `${securityToken}x` }), 'InvalidSecurityToken.Malformed');
  assert.equal(await send({ securityToken: undefined, type: 'access_key' }), 'MissingSecurityToken');
  emulator.metadata.revoke();
  assert.equal(await send({}), 'InvalidSecurityToken.Expired');
});

test('wrong keys and a wrong clock are refused', async () => {
  const send = (more) => codeOf(new Sms(config(more)).sendSms(smsRequest()));
  assert.equal(await send({ accessKeySecret: 'other' }), 'SignatureDoesNotMatch');
  assert.equal(await send({ accessKeyId: 'nobody' }), 'InvalidAccessKeyId.NotFound');
  emulator.clockOffsetMs = 16 * 60_000;
  assert.equal(await send({}), 'InvalidTimeStamp.Expired');
  emulator.clockOffsetMs = 14 * 60_000;
  assert.equal(await send({}), 'OK');
});

// One POST as it is. → {status, code, headers, body}
function post(path, headers, body = '') {
  return new Promise((resolve, reject) => {
    const request = http.request(emulator.url + path, { method: 'POST', headers, agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        let code;
        try {
          code = JSON.parse(text).Code;
        } catch { /* not JSON */ }
        resolve({ status: response.statusCode, headers: response.headers, body: text, code });
      });
    });
    request.on('error', reject).end(body);
  });
}

// What the SDK sends for an SMS, to be sent again with something changed.
async function recorded() {
  await new Sms(config()).sendSms(smsRequest());
  const { headers, wireQuery } = emulator.requests.at(-1);
  const { connection: _, 'content-length': __, 'transfer-encoding': ___, ...rest } = headers;
  return { headers: rest, path: `/?${wireQuery}` };
}

// Signed by the SDK's functions, with headers and parameters that its client would not send.
function signed(query, { action = 'SendSms', version = '2017-05-25', body = '', ...headers } = {}) {
  const request = {
    method: 'POST', pathname: '/', query,
    headers: {
      host: emulator.host, 'x-acs-action': action, 'x-acs-version': version,
      'x-acs-date': OpenApiUtil.getTimestamp(), 'x-acs-signature-nonce': OpenApiUtil.getNonce(),
      'x-acs-content-sha256': OpenApiUtil.hash(Buffer.from(body), 'ACS3-HMAC-SHA256').toString('hex'), ...headers,
    },
  };
  request.headers.authorization = OpenApiUtil.getAuthorization(
    request, 'ACS3-HMAC-SHA256', request.headers['x-acs-content-sha256'], kKey.id, kKey.secret);
  const text = Object.entries(query).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
  return post(text ? `/?${text}` : '/', request.headers, body);
}
const kSms = { PhoneNumbers: '13900000000', SignName: '签名', TemplateCode: 'SMS_1' };

test('a request is taken once', async () => {
  const { headers, path } = await recorded();
  assert.equal((await post(path, headers)).code, 'SignatureNonceUsed');
});

test('whatever is changed on the way is noticed', async () => {
  const { headers, path } = await recorded();
  const nonce = { 'x-acs-signature-nonce': 'f'.repeat(64) };
  assert.equal((await post(path.replace('13900000001', '13900000002'), headers)).code, 'SignatureDoesNotMatch');
  assert.equal((await post(`${path}&OutId=x`, headers)).code, 'SignatureDoesNotMatch');
  assert.equal((await post(path, { ...headers, ...nonce })).code, 'SignatureDoesNotMatch');
  assert.equal((await post(path, { ...headers, 'x-acs-extra': '1' })).code, 'SignatureDoesNotMatch');
  assert.equal((await post(path, { ...headers, 'content-type': 'text/plain' })).code, 'SignatureDoesNotMatch');
  assert.equal((await post(path, headers, 'body')).code, 'SignatureDoesNotMatch');
  assert.equal((await post(path, { ...headers, authorization: headers.authorization.replace(',S', ', S') })).code,
    'IncompleteSignature');
  for (const name of ['x-acs-date', 'x-acs-signature-nonce', 'authorization', 'x-acs-content-sha256']) {
    const { [name]: _, ...without } = headers;
    assert.equal((await post(path, without)).code, `Missing${name}`);
  }
  assert.equal(emulator.deliveries.length, 1);  // that of the SDK
});

test('parameters are those of the official models', async () => {
  assert.deepEqual(Object.entries(kModels.SendSms).filter(([, p]) => p.required).map(([name]) => name).sort(),
    ['PhoneNumbers', 'SignName', 'TemplateCode']);
  assert.deepEqual(Object.entries(kModels.SingleSendMail).filter(([, p]) => p.required).map(([name]) => name).sort(),
    ['AccountName', 'AddressType', 'ReplyToAddress', 'Subject', 'ToAddress']);
  assert.equal((await signed(kSms)).code, 'OK');
  for (const name of Object.keys(kSms)) {
    const { [name]: _, ...without } = kSms;
    assert.equal((await signed(without)).code, `Missing${name}`);
  }
  assert.equal((await signed({ ...kSms, phoneNumbers: '1' })).code, 'InvalidParameter.Unknown');
  assert.equal((await signed({ ...kSms, OwnerId: '1' })).code, 'InvalidParameter.Unknown');
  assert.equal((await signed(kSms, { action: 'sendSms' })).code, 'InvalidApi.NotFound');
  assert.equal((await signed(kSms, { version: '2018-05-01' })).code, 'InvalidApi.NotFound');
  assert.equal((await signed({}, { body: new URLSearchParams(kSms).toString(),
    'content-type': 'application/x-www-form-urlencoded' })).code, 'InvalidParameter');
});

test('SMS are held to the documented rules', async () => {
  const numbers = (count) => Array.from({ length: count }, (_, i) => 13_900_000_000 + i).join(',');
  const sms = async (more) => (await signed({ ...kSms, ...more })).code;
  assert.equal(await sms({ PhoneNumbers: numbers(1000) }), 'OK');
  assert.equal(await sms({ PhoneNumbers: numbers(1001) }), 'isv.MOBILE_COUNT_OVER_LIMIT');
  assert.equal(await sms({ PhoneNumbers: 'nobody' }), 'isv.MOBILE_NUMBER_ILLEGAL');
  assert.equal(await sms({ TemplateCode: 'TTS_1' }), 'isv.SMS_TEMPLATE_ILLEGAL');
  for (const TemplateParam of ['{', '[]', '"x"', 'null', '{"a":[]}']) {
    assert.equal(await sms({ TemplateParam }), 'isv.INVALID_JSON_PARAM', TemplateParam);
  }
  const value = (a) => sms({ TemplateParam: JSON.stringify({ a }) });
  assert.equal(await value('磁'.repeat(35)), 'OK');
  assert.equal(await value('磁'.repeat(36)), 'isv.PARAM_LENGTH_LIMIT');
  assert.equal(await value(''), 'isv.PARAM_LENGTH_LIMIT');
  assert.equal(await value('see https://x'), 'isv.PARAM_NOT_SUPPORT_URL');
  assert.equal(await value('a\nb'), 'isv.INVALID_PARAMETERS');
  const strict = await start({
    keys: { [kKey.id]: kKey.secret }, signNames: ['运维'], templates: { SMS_2: ['name', 'count'] },
  });
  try {
    const send = (request) => codeOf(new Sms(config({ endpoint: strict.host })).sendSms(new SendSmsRequest({
      phoneNumbers: '13900000000', signName: '运维', templateCode: 'SMS_2', templateParam: '{"name":"a","count":1}', ...request,
    })));
    assert.equal(await send({}), 'OK');
    assert.equal(await send({ signName: '别人' }), 'isv.SMS_SIGNATURE_ILLEGAL');
    assert.equal(await send({ templateCode: 'SMS_1' }), 'isv.SMS_TEMPLATE_ILLEGAL');
    assert.equal(await send({ templateParam: '{"name":"a"}' }), 'isv.TEMPLATE_MISSING_PARAMETERS');
  } finally {
    await strict.stop();
  }
});

test('voice calls are held to the documented rules', async () => {
  const call = async (more) => (await signed({ CalledNumber: '13900000000', TtsCode: 'TTS_1', ...more },
    { action: 'SingleCallByTts' })).code;
  assert.equal(await call({ PlayTimes: '3', Volume: '100', Speed: '-500', OutId: 'x'.repeat(15) }), 'OK');
  for (const wrong of [{ PlayTimes: '4' }, { PlayTimes: '0' }, { Volume: '101' }, { Speed: '501' }, { OutId: '磁'.repeat(6) }]) {
    assert.equal(await call(wrong), 'isv.INVALID_PARAMETERS', JSON.stringify(wrong));
  }
  assert.equal(await call({ PlayTimes: 'x' }), 'InvalidPlayTimes');
  assert.equal(await call({ CalledNumber: '13900000000,13900000001' }), 'isv.MOBILE_NUMBER_ILLEGAL');
  assert.equal(await call({ TtsCode: 'SMS_1' }), 'isv.TTS_TEMPLATE_ILLEGAL');
  assert.equal(await call({ TtsParam: JSON.stringify({ a: '磁'.repeat(249) }) }), 'OK');
  assert.equal(await call({ TtsParam: JSON.stringify({ a: '磁'.repeat(125), b: 'x'.repeat(125) }) }), 'isv.PARAM_LENGTH_LIMIT');
});

test('mail is held to the documented rules', async () => {
  const mail = async (more) => {
    const form = Object.entries({
      AccountName: 'ops@example.com', AddressType: '1', ReplyToAddress: 'false', ToAddress: 'a@example.com',
      Subject: 's', TextBody: 't', ...more,
    }).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
    const answer = await signed({}, {
      action: 'SingleSendMail', version: '2015-11-23', body: form, 'content-type': 'application/x-www-form-urlencoded',
    });
    return answer.code ?? answer.status;
  };
  assert.equal(await mail({}), 200);
  assert.equal(await mail({ Subject: '磁'.repeat(256), FromAlias: '磁'.repeat(14) }), 200);
  assert.equal(await mail({ Subject: '磁'.repeat(257) }), 'InvalidSubject.Malformed');
  assert.equal(await mail({ FromAlias: '磁'.repeat(15) }), 'InvalidFromAlias.Malformed');
  assert.equal(await mail({ AddressType: '2' }), 'InvalidAddressType.Malformed');
  assert.equal(await mail({ ReplyToAddress: 'yes' }), 'InvalidReplyToAddress');
  assert.equal(await mail({ ToAddress: Array(101).fill('a@example.com').join(',') }), 'InvalidToAddress');
  assert.equal(await mail({ TextBody: '' }), 'InvalidBody');
});

test('faults befall requests that are in order, and only so many', async () => {
  emulator.faults.add(
    { kind: 'throttle', retryAfterMs: 1500, action: 'SendSms' }, { kind: 'error', status: 503, code: 'ServiceUnavailable' },
    { kind: 'business', code: 'isv.BUSINESS_LIMIT_CONTROL' }, { kind: 'xml', code: 'InternalError' });
  assert.equal((await signed({ ...kSms, x: 'y' })).code, 'InvalidParameter.Unknown');
  const throttled = await signed(kSms);
  assert.deepEqual([throttled.status, throttled.code, throttled.headers['x-acs-retry-after']], [400, 'Throttling.User', '1500']);
  assert.equal((await signed(kSms)).status, 503);
  assert.equal((await signed(kSms)).code, 'isv.BUSINESS_LIMIT_CONTROL');
  assert.match((await signed(kSms)).body, /<Error>.*<Code>InternalError/);
  assert.equal(emulator.deliveries.length, 0);
  assert.equal((await signed(kSms)).code, 'OK');
  assert.throws(() => emulator.faults.add({ kind: 'magic' }));
});

test('an answer may be lost after the deed, or before it', async () => {
  emulator.faults.add({ kind: 'reset' });
  await assert.rejects(signed(kSms));
  assert.equal(emulator.deliveries.length, 0);
  emulator.faults.add({ kind: 'lost_answer', times: 2 });
  await assert.rejects(signed(kSms));
  await assert.rejects(signed(kSms));
  assert.equal(emulator.deliveries.length, 2);
});

test('odd answers come after the deed', async () => {
  emulator.faults.add({ kind: 'garbage' }, { kind: 'truncated' }, { kind: 'html' }, { kind: 'huge' });
  for (let i = 0; i < 3; ++i) {
    const answer = await signed(kSms);
    assert.equal(answer.status, 200);
    assert.equal(answer.code, undefined);
  }
  assert.equal((await signed(kSms)).body.length, 100 << 20);
  assert.equal(emulator.deliveries.length, 4);
  emulator.faults.add({ kind: 'html', status: 502 }, { kind: 'redirect' });
  assert.equal((await signed(kSms)).status, 502);
  assert.equal((await signed(kSms)).status, 302);
  assert.equal(emulator.deliveries.length, 4);
});

test('another process has the same control', async () => {
  const control = async (method, name, body) => (await fetch(`${emulator.url}/_emulator/${name}`,
    { method, body: body && JSON.stringify(body) })).json();
  assert.deepEqual(await control('POST', 'faults', [{ kind: 'slow', ms: 20 }, { kind: 'expire_token' }]), { ok: true });
  assert.match((await control('POST', 'faults', { kind: 'magic' })).error, /no such fault/);
  assert.equal((await signed(kSms)).code, 'OK');
  assert.equal((await signed(kSms)).code, 'InvalidSecurityToken.Expired');
  assert.equal((await control('GET', 'requests')).length, 2);
  assert.equal((await control('GET', 'deliveries'))[0].parameters.SignName, '签名');
  await control('POST', 'clock', { offsetMs: 3_600_000 });
  assert.equal((await signed(kSms)).code, 'InvalidTimeStamp.Expired');
  await control('POST', 'metadata', { mode: 'no_role' });
  assert.equal(emulator.metadata.mode, 'no_role');
  await control('DELETE', 'requests');
  assert.equal(emulator.requests.length, 0);
});
