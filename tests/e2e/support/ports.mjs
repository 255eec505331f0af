// A port for a judge that cannot be asked to choose one itself. Somebody else may take it before the
// judge does; then the judge fails to start, and the test with it, rather than silently.
import net from 'node:net';

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
