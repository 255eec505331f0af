// Our OpenAPI client, one call at a time: the program openapi_call.
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { testProgram } from './requirements.mjs';

export class OpenApiCaller {
  // `environment` has the credentials, if any are to be there; of ours it inherits none.
  constructor(url, { environment = {}, args = [] } = {}) {
    this.child = spawn(testProgram('openapi_call'), [url, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...environment },
    });
    this.stderr = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  // {action, version, query, form, timeoutMs} → what openapi_call.cpp says
  async call(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`openapi_call ended\n${this.stderr}`);
    return JSON.parse(value);
  }

  async stop() {
    this.child.stdin.end();
    await new Promise((resolve) => this.child.once('close', resolve));
  }
}
