// An instance's metadata service, as far as a RAM role needs it.
// source: docs/aliyun.md, credentials

const kRoles = '/latest/meta-data/ram/security-credentials/';

// mode: "normal"; "hardened": only with a session token; "old": knows no session tokens; "no_role";
// "failing": HTTP 500 to everything; "empty": answers that are not Success
export class Metadata {
  constructor({ mode = 'normal', role = 'EcswardRole', lifetimeSeconds = 21_600 } = {}, now) {
    Object.assign(this, { mode, role, lifetimeSeconds, now });
    this.issued = new Map();  // access key id → {secret, token, expiresAt, revoked}
    this.tokens = new Map();  // session token → until when
    this.requests = [];
  }

  change({ mode, role, lifetimeSeconds }) {
    this.mode = mode ?? this.mode;
    this.role = role ?? this.role;
    this.lifetimeSeconds = lifetimeSeconds ?? this.lifetimeSeconds;
  }

  // All that were issued stop working; the next who asks is given others.
  revoke() {
    for (const key of this.issued.values()) key.revoked = true;
  }

  // → {status, body}, or undefined when the path is none of its own
  answer({ method, path, headers }) {
    if (!path.startsWith('/latest/')) return undefined;
    const token = headers['x-aliyun-ecs-metadata-token'];
    this.requests.push({ method, path, withToken: token !== undefined, at: this.now() });
    if (this.mode === 'failing') return { status: 500, body: 'internal error' };
    if (path === '/latest/api/token') return this.#giveToken(method, headers);
    if (method !== 'GET') return { status: 405, body: '' };
    if (token !== undefined && !(this.tokens.get(token) > this.now())) return { status: 401, body: '' };
    if (token === undefined && this.mode === 'hardened') return { status: 403, body: '' };
    if (!path.startsWith(kRoles) || this.mode === 'no_role') return { status: 404, body: notFound };
    if (path === kRoles) return { status: 200, body: `${this.role}\n` };
    if (path !== kRoles + this.role) return { status: 404, body: notFound };
    return { status: 200, body: JSON.stringify(this.#credentials()) };
  }

  #giveToken(method, headers) {
    const ttl = Number(headers['x-aliyun-ecs-metadata-token-ttl-seconds']);
    if (this.mode === 'old') return { status: 404, body: notFound };
    if (method !== 'PUT') return { status: 405, body: '' };
    if (!(ttl >= 1 && ttl <= 21_600)) return { status: 400, body: '' };
    const token = `metadata-token-${this.tokens.size + 1}==`;
    this.tokens.set(token, this.now() + ttl * 1000);
    return { status: 200, body: token };
  }

  // The same until half an hour before their end, as the service does.
  #credentials() {
    if (this.mode === 'empty') return { Code: 'Failed', LastUpdated: iso(this.now()) };
    let [id, key] = [...this.issued].at(-1) ?? [];
    const early = Math.min(1800, this.lifetimeSeconds / 2) * 1000;
    if (!key || key.revoked || key.expiresAt - this.now() <= early) {
      const number = this.issued.size + 1;
      id = `STS.EmulatedKey${number}`;
      key = {
        secret: `emulated/secret+${number}=`,
        token: `CAISemulated/token+${number}==`,
        expiresAt: this.now() + this.lifetimeSeconds * 1000,
        updatedAt: this.now(),
      };
      this.issued.set(id, key);
    }
    return {
      AccessKeyId: id,
      AccessKeySecret: key.secret,
      SecurityToken: key.token,
      Expiration: iso(key.expiresAt),
      LastUpdated: iso(key.updatedAt),
      Code: 'Success',
    };
  }
}

const notFound = '<?xml version="1.0"?><html><body><h1>404 - Not Found</h1></body></html>';
const iso = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
