// Doubles of those who take messages: each checks what its vendor checks, answers as the vendor
// does, and misbehaves when it is told to.
//
//   const robot = await DingTalk.start({ secret: 'SEC…' });
//   robot.faults.push({ status: 429, headers: { 'retry-after': '7' } }, 'reset');
//   … robot.messages: those that were taken: {at, headers, url, body}
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

const json = (body, status = 200) => ({
  status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body),
});
const hmac = (key, message) => crypto.createHmac('sha256', key).update(message).digest('base64');
const isText = (value) => typeof value === 'string' && value.length > 0;

// At most `count` within `windowMs`, by the receiver's clock.
export class Rate {
  constructor(count, windowMs) {
    Object.assign(this, { count, windowMs, times: [] });
  }

  take(now) {
    this.times = this.times.filter((time) => time > now - this.windowMs);
    if (this.times.length >= this.count) return false;
    this.times.push(now);
    return true;
  }
}

export class Receiver {
  // options: tls {key, cert}, now (a clock in milliseconds), and what the subclass takes
  static async start(options = {}) {
    const receiver = new this(options);
    const handler = (request, response) => receiver.#handle(request, response);
    receiver.server = options.tls ? https.createServer(options.tls, handler) : http.createServer(handler);
    receiver.server.on('tlsClientError', () => receiver.refusedHandshakes++);
    await new Promise((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.server.address();
    receiver.origin = `${options.tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}`;
    return receiver;
  }

  constructor({ now = Date.now } = {}) {
    this.now = now;
    this.messages = [];
    this.requests = 0;
    this.refusedHandshakes = 0;
    this.faults = []; // used up one by one: an answer, or a word of #misbehave
    this.problems = []; // what was wrong with what came, for a test's message
  }

  get url() {
    return this.origin + this.path;
  }

  get last() {
    return this.messages.at(-1)?.body;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #handle(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      this.requests++;
      const fault = this.faults.shift();
      if (typeof fault === 'string') {
        this.#misbehave(fault, request, response);
        return;
      }
      const raw = Buffer.concat(chunks);
      const { status = 200, headers = {}, body = '' } = fault ?? this.#judge(request, raw);
      response.writeHead(status, headers).end(body);
    });
  }

  #judge(request, raw) {
    const url = new URL(request.url, this.origin);
    let body;
    try {
      if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new Error('content type');
      body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
    } catch (error) {
      this.problems.push(error.message);
      return this.unreadable();
    }
    const entry = { at: this.now(), headers: request.headers, url, body, bytes: raw.length };
    if (request.method !== 'POST') return { status: 405 };
    if (url.pathname !== this.path) return { status: 404, body: `Cannot POST ${request.url}` };
    const refusal = this.check(entry);
    if (refusal) {
      this.problems.push(refusal.body);
      return refusal;
    }
    this.messages.push(entry);
    return this.thanks();
  }

  #misbehave(fault, request, response) {
    switch (fault) {
      case 'hang':
        return; // for ever, or until stop()
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'redirect':
        response.writeHead(302, { location: `${this.origin}/elsewhere` }).end();
        return;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
        return;
      case 'flood': { // 100 MB, as long as somebody listens
        response.writeHead(200, { 'content-type': 'application/json' });
        const block = Buffer.alloc(1 << 20, 'x');
        let left = 100;
        const more = () => {
          while (left-- > 0) if (!response.write(block)) return void response.once('drain', more);
          response.end();
        };
        more();
        return;
      }
      default:
        throw new Error(`no such fault: ${fault}`);
    }
  }

  // What the vendor says of a body that it cannot read.
  unreadable() {
    return { status: 400, body: 'bad request' };
  }
}

// An answer by code, HTTP 200 whatever happened.
const errcode = (code, message) => json({ errcode: code, errmsg: message });

// options: token, secret (signed mode), keyword (keyword mode)
export class DingTalk extends Receiver {
  constructor(options) {
    super(options);
    this.token = options.token ?? 'dingtalk-t0k3n';
    Object.assign(this, { secret: options.secret, keyword: options.keyword });
    this.path = '/robot/send';
    this.rate = new Rate(20, 60_000);
    this.throttledUntil = 0;
  }

  get url() {
    return `${this.origin}${this.path}?access_token=${this.token}`;
  }

  check({ at, url, body, bytes }) {
    if (url.searchParams.get('access_token') !== this.token) return errcode(300005, 'token is not exist');
    if (this.secret) {
      const timestamp = url.searchParams.get('timestamp');
      if (!/^\d{13}$/.test(timestamp ?? '') || Math.abs(at - Number(timestamp)) > 3_600_000) {
        return errcode(310000, 'invalid timestamp');
      }
      if (url.searchParams.get('sign') !== hmac(this.secret, `${timestamp}\n${this.secret}`)) {
        return errcode(310000, 'sign not match');
      }
    }
    const { title, text } = body.markdown ?? {};
    if (body.msgtype !== 'markdown') return errcode(400105, 'unsupported message type');
    if (!isText(title)) return errcode(40035, 'missing parameter title');
    if (!isText(text)) return errcode(40035, 'missing parameter text');
    if (bytes > 20_000) return errcode(460101, 'message too long, exceed 20000 bytes');
    if (this.keyword && !title.includes(this.keyword) && !text.includes(this.keyword)) {
      return errcode(310000, 'keywords not in content');
    }
    if (!Array.isArray(body.at?.atMobiles ?? [])) return errcode(40035, 'invalid at');
    // Who passes the limit is not heard for ten minutes.
    if (at < this.throttledUntil || !this.rate.take(at)) {
      this.throttledUntil = Math.max(this.throttledUntil, at + 600_000);
      return errcode(130101, 'send too fast, exceed 20 times per minute');
    }
    return null;
  }

  thanks() {
    return errcode(0, 'ok');
  }

  unreadable() {
    return errcode(43004, 'invalid http head: Content-Type');
  }
}

export class WeCom extends Receiver {
  constructor(options) {
    super(options);
    this.key = options.key ?? '693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa';
    this.path = '/cgi-bin/webhook/send';
    this.rate = new Rate(20, 60_000);
  }

  get url() {
    return `${this.origin}${this.path}?key=${this.key}`;
  }

  check({ at, url, body }) {
    if (url.searchParams.get('key') !== this.key) return errcode(93000, 'invalid webhook url');
    const most = { markdown: 4096, text: 2048 }[body.msgtype];
    if (!most) return errcode(40008, 'invalid message type');
    const content = body[body.msgtype]?.content;
    if (!isText(content)) return errcode(44004, 'empty content');
    if (Buffer.byteLength(content) > most) {
      return errcode(40058, `${body.msgtype}.content exceed max length ${most}. invalid Request Parameter`);
    }
    if (!this.rate.take(at)) return errcode(45009, 'api freq out of limit');
    return null;
  }

  thanks() {
    return errcode(0, 'ok');
  }
}

// options: hook, secret
export class Feishu extends Receiver {
  constructor(options) {
    super(options);
    this.secret = options.secret;
    this.path = `/open-apis/bot/v2/hook/${options.hook ?? '0a1b2c3d-feishu-h00k'}`;
    this.minute = new Rate(100, 60_000);
    this.second = new Rate(5, 1000);
  }

  check({ at, body, bytes }) {
    const refuse = (code, msg) => json({ code, msg, data: {} });
    if (this.secret) {
      const { timestamp, sign } = body;
      const fresh = typeof timestamp === 'string' && Math.abs(at / 1000 - Number(timestamp)) <= 3600;
      if (!fresh || sign !== hmac(`${timestamp}\n${this.secret}`, '')) {
        return refuse(19021, 'sign match fail or timestamp is not within one hour from current time');
      }
    }
    if (bytes > 20 * 1024) return refuse(9499, 'Bad Request: body too large');
    if (body.msg_type === 'text') {
      if (!isText(body.content?.text)) return refuse(9499, 'Bad Request');
    } else if (body.msg_type === 'interactive') {
      const { header, elements } = body.card ?? {};
      const shown = elements?.[0]?.text;
      if (header?.title?.tag !== 'plain_text' || !isText(header.title.content)) return refuse(9499, 'Bad Request');
      if (shown?.tag !== 'lark_md' || !isText(shown.content)) return refuse(9499, 'Bad Request');
    } else {
      return refuse(9499, 'Bad Request');
    }
    if (!this.second.take(at) || !this.minute.take(at)) return refuse(11232, 'frequency limited');
    return null;
  }

  thanks() {
    return json({ StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' });
  }

  unreadable() {
    return json({ code: 9499, msg: 'Bad Request', data: {} });
  }
}

export class Slack extends Receiver {
  constructor(options) {
    super(options);
    this.path = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
    this.rate = new Rate(1, 1000);
  }

  check({ at, body }) {
    if (!isText(body.text) && !body.attachments?.length) return { status: 400, body: 'no_text' };
    for (const attachment of body.attachments ?? []) {
      if (!isText(attachment.text)) return { status: 400, body: 'invalid_attachments' };
    }
    if (!this.rate.take(at)) return { status: 429, headers: { 'retry-after': '1' }, body: 'rate_limited' };
    return null;
  }

  thanks() {
    return { status: 200, body: 'ok' };
  }
}

const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === 'string');

// Alertmanager's webhook, version 4.
export class Webhook extends Receiver {
  constructor(options) {
    super(options);
    this.path = '/hooks/s3cr3t-h00k';
    this.bearer = options.bearer;
  }

  check({ headers, body }) {
    const refuse = (what) => ({ status: 400, body: `bad ${what}` });
    if (this.bearer && headers.authorization !== `Bearer ${this.bearer}`) return { status: 401 };
    if (body.version !== '4') return refuse('version');
    for (const key of ['groupKey', 'receiver', 'externalURL']) if (typeof body[key] !== 'string') return refuse(key);
    for (const key of ['groupLabels', 'commonLabels', 'commonAnnotations']) if (!isMap(body[key])) return refuse(key);
    if (!Number.isInteger(body.truncatedAlerts)) return refuse('truncatedAlerts');
    if (!['firing', 'resolved'].includes(body.status) || !Array.isArray(body.alerts)) return refuse('status');
    for (const alert of body.alerts) {
      if (!['firing', 'resolved'].includes(alert.status)) return refuse('alert.status');
      if (!isMap(alert.labels) || !isMap(alert.annotations)) return refuse('alert.labels');
      if (!kTime.test(alert.startsAt) || !kTime.test(alert.endsAt)) return refuse('alert.startsAt');
      if (!/^[0-9a-f]{16}$/.test(alert.fingerprint)) return refuse('alert.fingerprint');
    }
    const firing = body.alerts.some(({ status }) => status === 'firing');
    if ((body.status === 'firing') !== firing) return refuse('status');
    return null;
  }

  thanks() {
    return { status: 204 };
  }
}

// Alertmanager's API, version 2.
export class AlertmanagerApi extends Receiver {
  constructor(options) {
    super(options);
    this.path = '/api/v2/alerts';
  }

  check({ body }) {
    const refuse = (message) => json({ code: 601, message }, 400);
    if (!Array.isArray(body)) return refuse('alerts in body must be of type array');
    for (const alert of body) {
      if (!isMap(alert.labels) || Object.keys(alert.labels).length === 0) return refuse('at least one label pair required');
      if (!Object.keys(alert.labels).every((name) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))) return refuse('invalid label');
      if (!isMap(alert.annotations ?? {})) return refuse('annotations');
      for (const key of ['startsAt', 'endsAt']) if (alert[key] && !kTime.test(alert[key])) return refuse(key);
      if (Date.parse(alert.endsAt) < Date.parse(alert.startsAt)) return refuse('start time must be before end time');
    }
    return null;
  }

  thanks() {
    return { status: 200 };
  }
}
