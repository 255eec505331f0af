// Whether a request is signed as the official SDK would have signed it: the SDK's own code signs what
// was received, and its Authorization header has to be the one that came.
import { OpenApiUtil } from '@alicloud/openapi-core';
import { Request } from '@darabonba/typescript';

const kAlgorithm = 'ACS3-HMAC-SHA256';
const kClockLimitMs = 15 * 60_000;
const kRequiredHeaders = ['x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce',
  'x-acs-content-sha256', 'authorization', 'host'];

// An error as the API answers it.
export class Refusal extends Error {
  constructor(status, code, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// "a=1&b=%20" → {a: "1", b: " "}; what cannot be decoded is refused.
export function decodeForm(text) {
  const decoded = {};
  for (const pair of text === '' ? [] : text.split('&')) {
    const [name, ...value] = pair.split('=');
    const plain = [name, value.join('=')].map((part) => {
      try {
        return decodeURIComponent(part.replaceAll('+', ' '));
      } catch {
        throw new Refusal(400, 'InvalidParameter', `cannot be decoded: ${part}`);
      }
    });
    if (plain[0] in decoded) throw new Refusal(400, 'InvalidParameter', `twice: ${plain[0]}`);
    decoded[plain[0]] = plain[1];
  }
  return decoded;
}

// Refuses a request that the API would not let in. `request`: {method, path, query, headers, body
// (bytes)}; `findKey(id)`: {secret, token, expiresAt} or undefined; `nonces`: those that were used.
export function judgeSignature(request, { findKey, nonces, now }) {
  const { headers } = request;
  for (const name of kRequiredHeaders) {
    if (!headers[name]) throw new Refusal(400, `Missing${name}`, `${name} is mandatory`);
  }
  const authorization = /^(\S+) Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/
    .exec(headers.authorization);
  if (!authorization || authorization[1] !== kAlgorithm) {
    throw new Refusal(400, 'IncompleteSignature', 'the Authorization header cannot be read');
  }
  judgeDate(headers['x-acs-date'], now);

  const id = authorization[2];
  const key = findKey(id);
  if (!key) throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  judgeToken(headers, id, key, now);

  const hash = OpenApiUtil.hash(request.body, kAlgorithm).toString('hex');
  if (headers['x-acs-content-sha256'] !== hash) {
    throw new Refusal(400, 'SignatureDoesNotMatch', 'x-acs-content-sha256 is not that of the body');
  }
  const { authorization: _, ...signable } = headers;
  const asSigned = new Request();
  Object.assign(asSigned,
    { method: request.method, pathname: request.path, query: request.query, headers: signable });
  const expected = OpenApiUtil.getAuthorization(asSigned, kAlgorithm, hash, id, key.secret);
  if (expected !== headers.authorization) {
    // As the service: with what it would have signed, the token included. Clients must not log that.
    throw new Refusal(400, 'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server StringToSign is [${expected}] `
      + `server CanonicalRequest is [${JSON.stringify(signable)}]`);
  }
  if (nonces.has(headers['x-acs-signature-nonce'])) {
    throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  }
  nonces.add(headers['x-acs-signature-nonce']);
  return id;
}

function judgeDate(date, now) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) {
    throw new Refusal(400, 'InvalidTimeStamp.Format', 'want 2024-01-01T00:00:00Z');
  }
  if (Math.abs(Date.parse(date) - now) > kClockLimitMs) {
    throw new Refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
}

function judgeToken(headers, id, key, now) {
  const token = headers['x-acs-security-token'];
  if (!key.token) {
    if (token) throw new Refusal(400, 'InvalidSecurityToken.MismatchWithAccessKey');
    return;
  }
  if (!token) throw new Refusal(400, 'MissingSecurityToken', 'SecurityToken is mandatory.');
  if (token !== key.token) throw new Refusal(400, 'InvalidSecurityToken.Malformed');
  if (headers['x-acs-accesskey-id'] !== id) {
    throw new Refusal(400, 'InvalidSecurityToken.MismatchWithAccessKey', 'x-acs-accesskey-id is not the key');
  }
  if (key.revoked || key.expiresAt <= now) {
    throw new Refusal(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
}
