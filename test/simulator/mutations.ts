/**
 * The product's code, broken on purpose: a line for each invariant of `docs/sync.md`. The source is
 * changed while the simulator is bundled, never on the disk. Whatever the simulator cannot tell from
 * the whole code, it does not prove.
 */
export interface Mutation {
  /** Which of the twelve it breaks. */
  readonly invariant: number;
  readonly what: string;
  readonly file: string;
  /** What stands in the file, exactly once. */
  readonly line: string;
  readonly broken: string;
}

const [WRITER, REPLICA, TABLES, SAID, RECOLLECT, ROUND, SERVE, LOG, ORDER, EDITS, JOURNAL] = [
  'renderer/store/writer.ts',
  'domain/sync/replica.ts',
  'domain/sync/tables.ts',
  'domain/sync/said.ts',
  'domain/sync/recollect.ts',
  'domain/sync/round.ts',
  'domain/sync/serve.ts',
  'domain/sync/log.ts',
  'domain/sync/order.ts',
  'domain/sync/edits.ts',
  'domain/sync/lacking.ts',
];

export const MUTATIONS: readonly Mutation[] = [
  {
    invariant: 1,
    what: 'saved is said before the journal has it',
    file: WRITER,
    line: '        await confirm();\n',
    broken: '',
  },
  {
    invariant: 1,
    what: 'saved is said before the database has it',
    file: WRITER,
    line: '          const written = await write(writing);',
    broken:
      '          for (const saved of writing.saved.splice(0)) saved();\n          const written = await write(writing);',
  },
  {
    invariant: 1,
    what: 'a batch that could not be written is forgotten',
    file: WRITER,
    line: "        [writing, waiting] = [emptyQueue(), writing];\n        report({ state: 'failed'",
    broken:
      "        for (const saved of writing.saved) saved();\n        [writing, waiting] = [emptyQueue(), emptyQueue()];\n        report({ state: 'failed'",
  },
  {
    invariant: 2,
    what: 'an entry leaves the outbox when it is sent',
    file: REPLICA,
    line: "  await tx.outbox.bulkPut(batch.map((row) => ({ ...row, status: 'sent' })));",
    broken: '  await tx.outbox.bulkDelete(batch.map(({ id }) => id));',
  },
  {
    invariant: 2,
    what: 'what was refused is dropped',
    file: REPLICA,
    line: "    await tx.outbox.bulkPut([{ ...entry, status: 'rejected', code, message }]);\n    return;",
    broken: '    await tx.outbox.bulkDelete([id]);\n    return;',
  },
  {
    invariant: 2,
    what: 'what stands on a refused change stands on nothing',
    file: REPLICA,
    line: '  const [later] = (await unsettled(tx)).filter(({ change }) => change.was === id);',
    broken:
      '  const [later] = (await unsettled(tx)).filter(({ change }) => change.was === id).slice(1);',
  },
  {
    invariant: 2,
    what: 'an edit takes the place of a change that the service may have',
    file: EDITS,
    line: "const before = entry && entry.status !== 'sent' ? entry : undefined;",
    broken: 'const before = entry;',
  },
  {
    invariant: 3,
    what: 'a change that comes twice is taken twice',
    file: LOG,
    line: '  const before = log.changes.get(change.id);\n',
    broken: '  const before: LoggedChange | undefined = undefined as LoggedChange | undefined;\n',
  },
  {
    invariant: 4,
    what: 'the service reads the end of the log after the page',
    file: SERVE,
    line: '  return { intact: true, position: printed(end), fields, cursor: to, more: to < head };',
    broken:
      '  const late = await tables.end();\n  return { intact: true, position: printed(late), fields, cursor: to < head ? to : (late?.seq ?? 0), more: to < head };',
  },
  {
    invariant: 4,
    what: 'the cursor moves although its page is not applied',
    file: ROUND,
    line: '    await store.applyPage(page, meta);',
    broken:
      '    await store.applyPage({ ...page, fields: [] }, meta);\n    await store.applyPage(page, meta);',
  },
  {
    invariant: 5,
    what: 'the device’s clock is believed',
    file: ORDER,
    line: 'Math.min(change.time + change.offset, change.now)',
    broken: 'change.time',
  },
  {
    invariant: 5,
    what: 'a change may lie before what it replaced',
    file: ORDER,
    line: 'return change.wasOrder === null ? made : Math.max(made, change.wasOrder + 1);',
    broken: 'return made;',
  },
  {
    invariant: 5,
    what: 'the last to arrive counts',
    file: LOG,
    line: 'const winner = heads.reduce(laterOf);',
    broken: 'const winner = heads.at(-1) ?? change;',
  },
  {
    invariant: 6,
    what: 'the loser is forgotten',
    file: LOG,
    line: '    others: heads.filter(({ id }) => id !== winner.id),',
    broken: '    others: [],',
  },
  {
    invariant: 6,
    what: 'a pick leaves what it decided on',
    file: LOG,
    line: '  const behind = [...replaced.map(tailOf), ...past];',
    broken: '  const behind = [...replaced.slice(0, 1).map(tailOf), ...past];',
  },
  {
    invariant: 6,
    what: 'what a person typed is overwritten by a pull',
    file: SAID,
    line: "  return noteSaid(row, field, after, versions, entries.has(row.changes[field] ?? ''));",
    broken: '  return noteSaid(row, field, after, versions, false);',
  },
  {
    invariant: 7,
    what: 'a file counts as stored when it is sent, not when it is confirmed',
    file: ROUND,
    line: '    const receipt = await service.putAttachment(next.sha256, next.order, next.bytes);',
    broken:
      '    await store.attachmentStored({ sha256: next.sha256, size: 0 });\n    const receipt = await service.putAttachment(next.sha256, next.order, next.bytes);',
  },
  {
    invariant: 7,
    what: 'files are not sent again to a service that lost them',
    file: RECOLLECT,
    line: '  const orders = await tx.resendAttachments();',
    broken: '  const orders: string[] = [];',
  },
  {
    invariant: 7,
    what: 'nothing in the log comes after a file',
    file: REPLICA,
    line: "records.filter(({ values }) => values['attachment.sha256'] === sha256)",
    broken: 'records.filter(({ values }) => values === null)',
  },
  {
    invariant: 8,
    what: 'the service does not look whether its log is the one the device knew',
    file: SERVE,
    line: '  return (await tables.markAt(Number(seq))) === mark;',
    broken: '  return (await tables.markAt(Number(seq))) === mark || true;',
  },
  {
    invariant: 8,
    what: 'what was replaced is not told again',
    file: RECOLLECT,
    line: "    return { offers, next: last ? { table, after: last } : { table: 'done', after: '' } };",
    broken:
      "    return { offers: offers.slice(0, 0), next: { table: 'done', after: last ?? '' } };",
  },
  {
    invariant: 8,
    what: 'what is told again does not say what was replaced before it',
    file: RECOLLECT,
    line: 'offerOf(row.id, field, version, past)',
    broken: 'offerOf(row.id, field, version)',
  },
  {
    invariant: 8,
    what: 'a service that lost something is believed before it was told',
    file: SAID,
    line: '  if (said?.generation !== generation && gone.some(({ change }) => !isPast(past, change)))',
    broken: '  if (gone.length < 0)',
  },
  {
    invariant: 8,
    what: 'only what counts is told again',
    file: RECOLLECT,
    line: 'versionsOf(row, field).map((version) =>',
    broken: 'versionsOf(row, field).slice(0, 1).map((version) =>',
  },
  {
    invariant: 9,
    what: 'a clock in the future puts a change there',
    file: ORDER,
    line: 'Math.min(change.time + change.offset, change.now)',
    broken: 'change.time + change.offset',
  },
  {
    invariant: 10,
    what: 'what was carried by hand is typed over as if it had never left',
    file: REPLICA,
    line: '  await tx.outbox.bulkPut(out);',
    broken: '',
  },
  {
    invariant: 11,
    what: 'an answer counts, whatever another window has heard since',
    file: TABLES,
    line: '  asked.generation !== now.generation || asked.position !== now.position;',
    broken: '  asked.generation > now.generation;',
  },
  {
    invariant: 11,
    what: 'an edit does not look at what another window wrote',
    file: REPLICA,
    line: '  let place = await tx.lastPlace();\n  const added',
    broken: '  let place = 0;\n  const added',
  },
  {
    invariant: 12,
    what: 'a value of another type is taken',
    file: LOG,
    line: '  if (reason !== null) return refuse(',
    broken: "  if (reason === '') return refuse(",
  },
  {
    invariant: 12,
    what: 'a stranger’s order is written',
    file: LOG,
    line: '  if (!mayWrite(order)) {',
    broken: "  if (!mayWrite(order) && order === '') {",
  },
  {
    invariant: 12,
    what: 'one bad change blocks those behind it',
    file: SERVE,
    line: '  if (log.touched.size > 0) await tables.write(log, request.mark);',
    broken:
      "  if (verdicts.some((verdict) => 'code' in verdict)) throw new Error('bad');\n  if (log.touched.size > 0) await tables.write(log, request.mark);",
  },
  {
    invariant: 1,
    what: 'the journal forgets what was replaced on the service',
    file: JOURNAL,
    line: 'for (const each of chainOf(journalled, head)) {',
    broken: 'for (const each of [head]) {',
  },
];
