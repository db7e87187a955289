import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pageFile, typeOfFile } from '../../../electron/page-files.ts';
import { contentSecurityPolicy } from '../../../electron/policy.ts';

/**
 * What stands in front of the service for a browser: it has the page's files itself and passes the
 * rest on. With the service down the page still opens, and requests end as without a network: the
 * connection breaks.
 */
export const startGateway = async (page: string, service: string) => {
  const server = createServer((asked, answer) => {
    const address = new URL(asked.url ?? '/', 'http://gateway');
    const file = asked.method === 'GET' ? pageFile(page, address) : null;
    if (file && existsSync(file) && statSync(file).isFile()) {
      answer.writeHead(200, {
        'content-type': typeOfFile(file),
        'content-security-policy': contentSecurityPolicy(null),
        'cache-control': 'no-cache',
      });
      createReadStream(file).pipe(answer);
      return;
    }
    const { method, headers } = asked;
    const passed = request(
      new URL(asked.url ?? '/', service),
      { method: method ?? 'GET', headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        // A service that dies in the middle of an answer takes the line with it, as behind any proxy.
        got.once('close', () => got.complete || cut());
        got.pipe(answer);
      },
    );
    const cut = () => asked.socket.destroy();
    passed.once('error', cut);
    answer.once('error', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
