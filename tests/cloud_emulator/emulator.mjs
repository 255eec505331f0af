// Alibaba Cloud on one port of this host: an instance's metadata (/latest/…), OpenAPI actions (POST /),
// and a control API for tests (/_emulator/…). Whether a request is in order is not ours to say: the
// official SDK signs it again, and its model classes name the parameters.
//
//   const emulator = await start({ keys: { LTAIfake: 'secret' } });
//   emulator.url; emulator.requests; emulator.deliveries; emulator.faults.add({ kind: 'slow', ms: 500 });
//   await emulator.stop();
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { kActions, perform } from './actions.mjs';
import { Faults, befall } from './faults.mjs';
import { Metadata } from './metadata.mjs';
import { judgeParameters } from './models.mjs';
import { Refusal, decodeForm, judgeSignature } from './signature.mjs';

// options:
//   keys              long-lived ones, {id: secret}
//   metadata          {mode, role, lifetimeSeconds}, see metadata.mjs
//   clockOffsetMs     how far its clock is ahead of this host's
//   signNames, templates ({code: [variables]}), senders: what is registered; anything by default
//   port, host
export async function start(options = {}) {
  const emulator = new Emulator(options);
  await emulator.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return emulator;
}

class Emulator {
  requests = [];  // of the API, the refused ones too: {action, parameters, accepted, code, …}
  deliveries = [];  // what was really sent: {action, parameters, requestId, at}
  faults = new Faults();
  #nonces = new Set();
  #ids = 0;

  constructor(options) {
    this.keys = options.keys ?? {};
    this.clockOffsetMs = options.clockOffsetMs ?? 0;
    this.metadata = new Metadata(options.metadata, () => this.now());
    this.world = {
      signNames: options.signNames,
      templates: options.templates,
      senders: options.senders,
      messages: [],
      now: () => this.now(),
      nextId: () => 100_000_000 + ++this.#ids,
    };
    this.server = http.createServer((request, response) => this.#serve(request, response));
  }

  now() {
    return Date.now() + this.clockOffsetMs;
  }

  async listen(port, host) {
    await new Promise((resolve, reject) => {
      this.server.on('error', reject).listen(port, host, resolve);
    });
    this.host = `${host}:${this.server.address().port}`;
    this.url = `http://${this.host}`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request, response) {
    response.sendDate = false;
    response.setHeader('date', new Date(this.now()).toUTCString());
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;  // the client went away
    }
    const [path, ...query] = request.url.split('?');
    const asked = {
      method: request.method, path, rawQuery: query.join('?'), headers: request.headers, body: Buffer.concat(chunks),
    };
    try {
      const answer = path.startsWith('/_emulator/') ? this.#control(asked)
        : this.metadata.answer(asked) ?? this.#call(asked);
      await send(response, answer);
    } catch (error) {
      await send(response, { status: 500, body: String(error.stack) });
    }
  }

  // One OpenAPI request, from its judgement to its answer.
  #call(asked) {
    const requestId = `EMULATED-${String(++this.#ids).padStart(8, '0')}`;
    const action = asked.headers['x-acs-action'];
    const record = {
      at: this.now(), requestId, action, version: asked.headers['x-acs-version'], wireQuery: asked.rawQuery,
      headers: asked.headers, parameters: {}, accepted: false, done: false,
    };
    this.requests.push(record);
    try {
      record.accessKeyId = this.#judge(asked, record);
      record.accepted = true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record.code = error.code;
      record.message = error.message;
      return refusal(error, requestId);
    }
    const act = () => this.#act(record);
    const fault = this.faults.take(action);
    if (!fault) return act();
    record.fault = fault.kind;
    return befall(fault, requestId, act, this.metadata);
  }

  #judge(asked, record) {
    if (asked.method !== 'POST' || asked.path !== '/') throw new Refusal(404, 'InvalidApi.NotFound');
    const query = decodeForm(asked.rawQuery);
    const id = judgeSignature({ ...asked, query }, {
      findKey: (key) => this.#findKey(key), nonces: this.#nonces, now: this.now(),
    });
    const action = kActions[record.action];
    if (!action || action.version !== record.version) throw new Refusal(404, 'InvalidApi.NotFound');
    const isForm = asked.headers['content-type'] === 'application/x-www-form-urlencoded';
    if (action.in === 'form' ? !isForm || asked.rawQuery !== '' : asked.body.length > 0) {
      throw new Refusal(400, 'InvalidParameter', `${record.action} has its parameters in the ${action.in}`);
    }
    record.parameters = action.in === 'form' ? decodeForm(asked.body.toString('utf8')) : query;
    judgeParameters(record.action, record.parameters);
    return id;
  }

  #findKey(id) {
    if (Object.hasOwn(this.keys, id)) return { secret: this.keys[id] };
    return this.metadata.issued.get(id);
  }

  #act(record) {
    try {
      const body = perform(record.action, record.parameters, this.world);
      record.code = body.Code ?? 'OK';
      record.done = record.code === 'OK';
      if (record.done && kActions[record.action].sends) {
        const { action, parameters, requestId, at } = record;
        this.deliveries.push({ action, parameters, requestId, at });
      }
      return json(200, { ...body, RequestId: record.requestId });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record.code = error.code;
      return refusal(error, record.requestId);
    }
  }

  // For tests in another process. GET requests, deliveries, metadata; POST faults, metadata, clock,
  // expire_token; DELETE faults, requests.
  #control({ method, path, body }) {
    const given = () => JSON.parse(body.toString('utf8') || '{}');
    const done = () => json(200, { ok: true });
    switch (`${method} ${path.slice('/_emulator/'.length)}`) {
      case 'GET requests':
        return json(200, this.requests);
      case 'GET deliveries':
        return json(200, this.deliveries);
      case 'GET metadata':
        return json(200, this.metadata.requests);
      case 'DELETE requests':
        this.requests.length = this.deliveries.length = this.metadata.requests.length = 0;
        return done();
      case 'POST faults':
        try {
          this.faults.add(...[given()].flat());
        } catch (error) {
          return json(400, { error: error.message });
        }
        return done();
      case 'DELETE faults':
        this.faults.clear();
        return done();
      case 'POST metadata':
        this.metadata.change(given());
        return done();
      case 'POST clock':
        this.clockOffsetMs = given().offsetMs;
        return done();
      case 'POST expire_token':
        this.metadata.revoke();
        return done();
      default:
        return json(404, { error: 'no such control' });
    }
  }
}

const json = (status, body) => (
  { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(body) });

const refusal = (error, RequestId) => json(error.status, {
  RequestId, HostId: 'emulator', Code: error.code, Message: error.message, Recommend: '',
});

async function send(response, { status, headers = {}, body, afterMs = 0, megabytes = 0, reset = false }) {
  if (reset) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
  response.writeHead(status, headers);
  if (megabytes === 0) {
    response.end(body);
    return;
  }
  const blank = Buffer.alloc(1 << 20, ' ');
  const blocks = Readable.from(Array(megabytes).fill(blank));
  await pipeline(blocks, response).catch(() => {});  // whoever has had enough hangs up
}
