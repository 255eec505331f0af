// A webhook that records what it is sent, and fails when it is told to.
import http from 'node:http';

export class Recorder {
  // `answer(body, request)` gives {status, headers, body} or nothing for a plain 200. `onNotice(body)` is
  // called for each notice that was answered with 2xx.
  static async start({ answer = () => undefined, onNotice = () => undefined, port = 0 } = {}) {
    const recorder = new Recorder();
    recorder.answer = answer;
    recorder.notices = []; // {at, id, body}: those that were answered with 2xx
    recorder.requests = 0;
    recorder.server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        ++recorder.requests;
        const text = Buffer.concat(chunks).toString('utf8');
        let body = text;
        try {
          body = JSON.parse(text);
        } catch {
          // the text itself
        }
        const { status = 200, headers = {}, body: said = 'ok' } = recorder.answer(body, request) ?? {};
        if (status >= 200 && status < 300) {
          const notice = { at: Date.now(), id: request.headers['x-ecsward-notification-id'], body };
          recorder.notices.push(notice);
          onNotice(notice);
        }
        response.writeHead(status, headers).end(said);
      });
    });
    await new Promise((resolve) => recorder.server.listen(port, '127.0.0.1', resolve));
    recorder.port = recorder.server.address().port;
    recorder.url = `http://127.0.0.1:${recorder.port}/hook`;
    return recorder;
  }

  // Every alert of every notice, in the order in which they came.
  alerts() {
    return this.notices.flatMap(({ body }) => body.alerts ?? []);
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
