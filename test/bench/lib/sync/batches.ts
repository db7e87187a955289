/** How many bytes of a push's body a change takes, as the client packs it, 200 changes in a push. */
import { createServer } from 'node:http';
import { v7 as uuid } from 'uuid';
import type { Change, FieldValue } from '../../../../domain/sync/change.ts';
import { createHttp } from '../../../../renderer/sync/http.ts';
import { createService } from '../../../../renderer/sync/service.ts';
import { newPhone } from './orders.ts';

const COUNT = 200;

export async function bytesOfBatches(): Promise<Readonly<Record<string, number>>> {
  const device = uuid();
  const change = (
    record: string,
    field: string,
    value: FieldValue,
    was: string | null,
  ): Change => ({
    ...{ id: uuid(), record, field, value, was, time: Date.now(), device, by: '张样例' },
  });
  const order = uuid();
  const members = Array.from({ length: COUNT / 4 }, () => uuid());
  return {
    'a phone number of each of 200 orders': await bytesOf(
      Array.from({ length: COUNT }, (_, index) =>
        change(uuid(), 'customer.contact.phone', newPhone(index), uuid()),
      ),
    ),
    'a roster of 50 members': await bytesOf(
      members.flatMap((member, index) => [
        change(member, 'member.order', order, null),
        change(member, 'member.slot', index + 1, null),
        change(member, 'member.number', newPhone(index), null),
        change(member, 'member.name', `样例${index}`, null),
      ]),
    ),
  };
}

/** Bytes of the body for each change. */
async function bytesOf(changes: readonly Change[]): Promise<number> {
  let bytes = 0;
  const server = createServer(async (request, response) => {
    bytes = Buffer.concat(await request.toArray()).length;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const service = createService(createHttp(`http://127.0.0.1:${port}`, 'token'));
  // Who listens is no service: only what was sent counts.
  await service.push(changes, '12345.0123456789abcdef').catch(() => undefined);
  server.close();
  server.closeAllConnections();
  return bytes / changes.length;
}
