/**
 * A peer's server in a process of its own: `peer-server.ts NAME FOLDER`, started by `peers.ts`. It is
 * told the orders, says where it listens, and says the phone numbers that it has when asked.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { createPglite } from '../../../../server/store/pglite.ts';
import type { BenchOrder } from './orders.ts';

interface Served {
  readonly url: string;
  phones(): Promise<readonly string[]>;
  /** Resolves when an edit of every order has arrived; for a protocol that does not say so. */
  readonly arrived?: Promise<void>;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** express-pouchdb on LevelDB, as its README sets it up. */
async function pouchdb(folder: string, orders: readonly BenchOrder[]): Promise<Served> {
  const { default: PouchDB } = await import('pouchdb');
  const { default: expressPouch } = await import('express-pouchdb');
  const Stored = PouchDB.defaults({ prefix: join(folder, 'pouch-') });
  const db = new Stored('orders');
  await db.bulkDocs(orders.map(({ id, ...fields }) => ({ _id: id, ...fields })));
  const options = { logPath: join(folder, 'log.txt'), inMemoryConfig: true };
  const url = await listening(createServer(expressPouch(Stored, options)));
  return {
    url,
    async phones() {
      const { rows } = await db.allDocs({ include_docs: true });
      return rows.map(({ doc }) => z.object({ phone: z.string() }).parse(doc).phone);
    },
  };
}

const rxDoc = z.looseObject({ id: z.string() });
const rxRows = z.array(z.object({ newDocumentState: rxDoc, assumedMasterState: rxDoc.nullish() }));

/** The endpoints of RxDB's HTTP replication, as its documentation writes them, on an embedded PostgreSQL. */
async function rxdb(folder: string, orders: readonly BenchOrder[]): Promise<Served> {
  const db = await createPglite(join(folder, 'pglite'));
  await db.exec(
    'create table docs (id text primary key, seq bigserial not null unique, doc jsonb not null)',
  );
  await put(
    db,
    orders.map((order) => ({ ...order, _deleted: false })),
  );
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    const answer = pathname === '/pull' ? await pull(db, searchParams) : await push(db, request);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  return {
    url: await listening(server),
    async phones() {
      const { rows } = await db.query<{ phone: string }>(
        `select doc ->> 'phone' as phone from docs`,
      );
      return rows.map(({ phone }) => phone);
    },
  };
}

const put = (db: Pick<PGlite, 'query'>, docs: readonly z.infer<typeof rxDoc>[]) =>
  db.query(
    `insert into docs (id, doc) select value ->> 'id', value from jsonb_array_elements($1)
     on conflict (id) do update set doc = excluded.doc, seq = nextval('docs_seq_seq')`,
    [JSON.stringify(docs)],
  );

async function pull(db: PGlite, asked: URLSearchParams) {
  const { rows } = await db.query<{ seq: number; doc: unknown }>(
    'select seq, doc from docs where seq > $1 order by seq limit $2',
    [asked.get('seq') ?? 0, asked.get('limit')],
  );
  return {
    documents: rows.map(({ doc }) => doc),
    checkpoint: { seq: rows.at(-1)?.seq ?? Number(asked.get('seq')) },
  };
}

/** Takes what was made from what the server has; gives back what it has instead of the rest. */
function push(db: PGlite, request: IncomingMessage) {
  return db.transaction(async (tx) => {
    const rows = rxRows.parse(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const ids = rows.map(({ newDocumentState }) => newDocumentState.id);
    const found = await tx.query<{ doc: z.infer<typeof rxDoc> }>(
      'select doc from docs where id = any($1)',
      [ids],
    );
    const known = new Map(found.rows.map(({ doc }) => [doc.id, doc]));
    const good: z.infer<typeof rxDoc>[] = [];
    const conflicts: unknown[] = [];
    for (const { newDocumentState: next, assumedMasterState: assumed } of rows) {
      const current = known.get(next.id);
      if (current && sorted(current) !== sorted(assumed ?? {})) conflicts.push(current);
      else good.push(next);
    }
    await put(tx, good);
    return conflicts;
  });
}

const sorted = (doc: object): string => JSON.stringify(Object.entries(doc).sort());

/** TinyBase's own WebSocket server, with its persister to a file. */
async function tinybase(folder: string, orders: readonly BenchOrder[]): Promise<Served> {
  const { createMergeableStore } = await import('tinybase');
  const { createFilePersister } = await import('tinybase/persisters/persister-file');
  const { createWsServer } = await import('tinybase/synchronizers/synchronizer-ws-server');
  const { WebSocketServer } = await import('ws');
  const store = createMergeableStore();
  store.setTable('orders', Object.fromEntries(orders.map(({ id, ...fields }) => [id, fields])));
  const persister = createFilePersister(store, join(folder, 'store.json'));
  await persister.save();
  const arrived = new Promise<void>((resolve) => {
    let edits = 0;
    store.addCellListener('orders', null, 'phone', () => {
      edits += 1;
      if (edits === orders.length) resolve();
    });
  });
  const server = createServer();
  createWsServer(new WebSocketServer({ server }), () => persister);
  return {
    url: await listening(server),
    arrived,
    phones: async () => Object.values(store.getTable('orders')).map(({ phone }) => String(phone)),
  };
}

const SERVERS = { pouchdb, rxdb, tinybase };
const [name = '', folder = ''] = process.argv.slice(2);
const start = Object.entries(SERVERS).find(([key]) => key === name)?.[1];
if (!start) throw new Error(`no peer ${name}`);
process.once('message', async (orders: BenchOrder[]) => {
  const served = await start(folder, orders);
  process.on('message', async (asked) => {
    const answer = asked === 'phones' ? await served.phones() : await served.arrived;
    process.send?.(answer ?? null);
  });
  process.send?.(served.url);
});
