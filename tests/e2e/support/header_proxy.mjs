// Passes requests on with other headers: Prometheus 2.42 always asks for OpenMetrics and gzip, and a
// test wants to see it served otherwise too.
import http from 'node:http';

// `headers` replace the client's; undefined removes one. → {url, close}
export async function headerProxy(target, headers) {
  const keepAlive = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const sent = { ...request.headers, ...headers };
    for (const name of Object.keys(sent)) if (sent[name] === undefined) delete sent[name];
    const onward = http.request(target + request.url, { headers: sent, agent: keepAlive }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections?.();
      keepAlive.destroy();
    },
  };
}
