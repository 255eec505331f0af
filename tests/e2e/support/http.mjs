// One HTTP exchange, with everything a test may want to bend.
import http from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';

// → {status, headers, body (decoded text), raw (bytes as sent), ms}
// options: headers, agent (for keep-alive), auth "user:password", ca, timeoutMs, localAddress
export function get(url, options = {}) {
  const { timeoutMs = 10_000, ...rest } = options;
  const client = url.startsWith('https:') ? https : http;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = client.get(url, { agent: false, ...rest }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - start;
        const raw = Buffer.concat(chunks);
        const gzip = response.headers['content-encoding'] === 'gzip';
        const body = (gzip ? zlib.gunzipSync(raw) : raw).toString('utf8');
        resolve({ status: response.statusCode, headers: response.headers, body, raw, ms });
      });
    });
    request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}
