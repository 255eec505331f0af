// What can be made to go wrong. A fault is {kind, action, times, …}: it befalls the next `times` (1)
// requests that are otherwise in order, of `action` or of any.
//
//   throttle      HTTP 400 Throttling.User; retryAfterMs
//   error         HTTP `status` with `code`; retryAfterSeconds
//   business      HTTP 200 with `code` inside, nothing done
//   expire_token  every credential that was issued is refused from now on
//   reset         the connection is reset, nothing done
//   lost_answer   done, then the connection is reset
//   slow          done, answered after `ms`
//   garbage       done, answered with bytes
//   html          answered with a web page and HTTP `status` (200); done when that is 200
//   truncated     done, the JSON breaks off
//   huge          done, answered with 100 MB
//   redirect      HTTP 302 to `location`
//   xml           HTTP 400, an XML <Error> with `code`
const kKinds = new Set(['throttle', 'error', 'business', 'expire_token', 'reset', 'lost_answer', 'slow',
  'garbage', 'html', 'truncated', 'huge', 'redirect', 'xml']);

export class Faults {
  #waiting = [];

  add(...faults) {
    for (const fault of faults) {
      if (!kKinds.has(fault.kind)) throw new Error(`no such fault: ${fault.kind}`);
      this.#waiting.push({ times: 1, ...fault });
    }
  }

  clear() {
    this.#waiting = [];
  }

  // The next one for a request of `action`, or undefined.
  take(action) {
    const at = this.#waiting.findIndex((fault) => !fault.action || fault.action === action);
    if (at < 0) return undefined;
    const fault = this.#waiting[at];
    fault.times -= 1;
    if (fault.times <= 0) this.#waiting.splice(at, 1);
    return fault;
  }
}

const json = (status, body, headers = {}) => ({ status, headers, body: JSON.stringify(body) });

// What is answered instead. `perform()` does what was asked and gives the true answer {status, headers,
// body}. `reset`: no answer, the connection breaks.
export function befall(fault, RequestId, perform, metadata) {
  const Code = fault.code;
  switch (fault.kind) {
    case 'throttle':
      return json(400, { RequestId, HostId: 'emulator', Code: 'Throttling.User', Message: 'Request was denied due to user flow control.' },
        fault.retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(fault.retryAfterMs) });
    case 'error':
      return json(fault.status, { RequestId, HostId: 'emulator', Code: Code ?? 'InternalError', Message: 'injected' },
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) });
    case 'business':
      return json(200, { RequestId, Code, Message: Code });
    case 'expire_token':
      metadata.revoke();
      return json(400, { RequestId, HostId: 'emulator', Code: 'InvalidSecurityToken.Expired', Message: 'Specified SecurityToken is expired.' });
    case 'reset':
      return { reset: true };
    case 'redirect':
      return { status: 302, headers: { location: fault.location ?? 'https://127.0.0.1:1/' }, body: '' };
    case 'xml':
      return {
        status: 400, headers: { 'content-type': 'text/xml;charset=utf-8' },
        body: `<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>${RequestId}</RequestId><HostId>emulator</HostId>`
          + `<Code>${Code ?? 'InternalError'}</Code><Message>injected &amp; told</Message></Error>`,
      };
    case 'html': {
      const status = fault.status ?? 200;
      if (status === 200) perform();
      return { status, headers: { 'content-type': 'text/html' }, body: '<html><head><title>Welcome</title></head><body></body></html>' };
    }
    default:
      break;
  }
  const answer = perform();
  switch (fault.kind) {
    case 'lost_answer':
      return { reset: true };
    case 'slow':
      return { ...answer, afterMs: fault.ms };
    case 'garbage':
      return { ...answer, body: Buffer.from([0xff, 0x00, 0x7b, 0x22, 0xfe]) };
    case 'truncated':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    default:  // huge
      return { ...answer, body: undefined, megabytes: 100 };
  }
}
