/** One schedule out of a seed: some devices, a service, minutes of trouble, then a time without any. */
import { NO_BYTES } from '../../domain/sync/change.ts';
import type { LoggedChange } from '../../domain/sync/log.ts';
import { versionsOf } from '../../domain/sync/said.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import { Device } from './device.ts';
import { Network, PERFECT } from './network.ts';
import { act, carry, retry } from './person.ts';
import { Service } from './service.ts';
import { Violation, Witness } from './witness.ts';
import { World } from './world.ts';

const SECOND = 1_000;
/** How long after the last trouble everything must be at rest, ms. */
const HEALING = 600 * SECOND;

export interface Outcome {
  readonly seed: number;
  /** Why it is a failure; null when all is well. */
  readonly failure: string | null;
  readonly story: readonly string[];
  readonly changes: number;
  readonly conflicts: number;
}

/** Runs a schedule. @param told whether the story is kept, for reading a failure */
export const runSchedule = async (seed: number, told = false): Promise<Outcome> => {
  const world = new World(seed, told);
  const { setTimeout: realTimeout, clearTimeout: realClear } = globalThis;
  const simulated = (run: () => void, ms = 0) => world.after(ms, run);
  // The writer waits between attempts by the timers of the platform: here they follow the schedule.
  Object.assign(globalThis, { setTimeout: simulated, clearTimeout: () => {} });
  // Thousands of requests fail in a schedule: where from is asked of one that is told.
  const { stackTraceLimit } = Error;
  if (!told) Error.stackTraceLimit = 0;
  const limits = { ...LIMITS };
  const told_ = { changes: 0, conflicts: 0 };
  let failure: unknown = null;
  try {
    await play(
      world,
      told_,
      (error) => {
        failure ??= error;
      },
      () => failure !== null,
    );
  } catch (error) {
    failure ??= error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Object.assign(LIMITS, limits);
    Object.assign(globalThis, { setTimeout: realTimeout, clearTimeout: realClear });
  }
  const text =
    failure instanceof Violation
      ? failure.message
      : failure instanceof Error
        ? (failure.stack ?? failure.message)
        : failure === null
          ? null
          : String(failure);
  return { seed, failure: text, story: world.story ?? [], ...told_ };
};

const play = async (
  world: World,
  counts: { changes: number; conflicts: number },
  fail: (error: unknown) => void,
  hasFailed: () => boolean,
): Promise<void> => {
  const { random } = world;
  const devices: Device[] = [];
  const jumpsOf = (name: string) => devices.find((device) => device.name === name)?.jumps ?? 0;
  const witness = new Witness(() => world.now, jumpsOf, fail);
  const service = new Service(world, witness);
  const network = new Network(world);
  // Some schedules bring together what is rare alone: a service that goes back again and again by a
  // little, slow answers, many windows, all in one field.
  const isStorm = random.chance(0.25);
  const dangers = {
    kill: random.chance(0.6) ? random.next() * 0.01 : 0,
    crowd: isStorm || random.chance(0.3),
    locks: isStorm ? 0.2 : 0.8,
    rest: isStorm ? 2_000 : 30_000,
  };
  Object.assign(LIMITS, { pushChanges: random.pick([1, 2, 5, 1_000]) });
  service.pageSize = random.pick([1, 3, 10, 5_000]) ?? 5_000;
  network.quality = random.chance(0.7)
    ? {
        loss: random.next() * 0.3,
        twice: random.next() * 0.3,
        delay: random.between(10, isStorm ? 300 : 2_000),
        slow: random.next() * (isStorm ? 0.4 : 0.15),
      }
    : PERFECT;
  const count = 2 + (random.chance(0.2) ? random.below(9) : random.below(4));
  for (let i = 0; i < count; i += 1) {
    devices.push(new Device(`device${i}`, { world, network, service, witness, fail }, dangers));
  }

  // The time of trouble: what people do, and what happens to them.
  const end = random.between(60, 240) * SECOND;
  const at = (times: number, what: () => void) => {
    for (let i = 0; i < times; i += 1) world.after(random.below(end), what);
  };
  const anyone = () => random.pick(devices);
  const some = (probability: number, most: number) =>
    random.chance(probability) ? 1 + random.below(most) : 0;
  for (const device of devices) world.after(random.below(5_000), () => device.openWindow());
  at(random.between(10, 60), () => {
    const device = anyone();
    if (device) act(device);
  });
  at(some(0.5, 6), () => {
    const device = anyone();
    if (!device) return;
    network.cut(device.name, true);
    world.after(random.below(90 * SECOND), () => network.cut(device.name, false));
  });
  at(some(0.3, 4), () => anyone()?.jump());
  at(some(0.3, 4), () => {
    const device = anyone();
    if (!device) return;
    device.disk.isFull = true;
    world.after(random.below(20 * SECOND), () => {
      device.disk.isFull = false;
    });
  });
  at(isStorm ? 2 * count : some(0.4, 5), () => {
    const device = anyone();
    if (device?.isOn && device.windows.length < 3) device.openWindow();
  });
  at(some(0.3, 3), () => {
    const device = anyone();
    if (device && device.windows.length > 1) device.closeWindow();
  });
  at(some(0.3, 3), () => anyone()?.kill());
  at(some(0.2, 3), () => {
    const device = anyone();
    if (device) retry(device);
  });
  at(some(0.2, 2), () => {
    const device = anyone();
    if (device) void carry(device);
  });
  at(some(0.1, 1), () => anyone()?.loseDatabase());
  at(some(0.2, 3), () => service.kill());
  const isRestored = isStorm || random.chance(0.3);
  at(some(isRestored ? 0.4 : 0.1, 2), () => anyone()?.loseEverything());
  if (isRestored) {
    const isFire = random.chance(0.4);
    service.badLuck = isStorm || random.chance(0.2) ? random.next() / 2 : 0;
    at(1 + random.below(3), () => service.backup());
    at(1 + random.below(isStorm ? 4 : 2), () => {
      service.restore(random.chance(isStorm ? 0.05 : 0.2));
      // What burns down takes machines with it: what only they held is gone, what they told others is not.
      if (isFire) for (const device of devices) if (random.chance(0.5)) device.loseEverything();
    });
  }
  await world.run(world.now + end, hasFailed);
  if (hasFailed()) return;

  // The trouble is over. Everything that waits must find its way now.
  world.tell(() => 'the trouble is over');
  dangers.kill = 0;
  network.quality = PERFECT;
  for (const device of devices) {
    network.cut(device.name, false);
    device.disk.isFull = false;
    if (!device.isOn) device.openWindow();
  }
  const isAtRest = () =>
    devices.every(
      (device) =>
        isQuiet(device, service) && device.windows.every(({ writer }) => !writer.unsaved()),
    );
  const rested = await world.run(world.now + HEALING, () => hasFailed() || isAtRest());
  if (hasFailed()) return;
  if (!rested) {
    const stuck = devices.filter((device) => !isQuiet(device, service));
    throw new Violation(`stuck: ${stuck.map(describe).join('; ')}`);
  }
  checkNothingLost(devices, service, witness);
  counts.conflicts = checkReplicas(devices, service, witness);
  counts.changes = service.data.log.length;
};

/** Whether a device has sent all it can and heard all there is. */
const isQuiet = (device: Device, service: Service): boolean => {
  const { outbox, attachments, meta, unjournaled } = device.disk.tables;
  return (
    device.isOn &&
    meta.epoch === service.data.epoch &&
    meta.cursor === service.data.log.length &&
    meta.position === service.position &&
    !meta.recollecting &&
    unjournaled.length === 0 &&
    [...outbox.values()].every(({ status }) => status === 'rejected') &&
    [...attachments.values()].every(({ waiting }) => waiting.length === 0)
  );
};

const describe = ({ name, disk: { tables } }: Device): string =>
  `${name} ${JSON.stringify(tables.meta)} outbox ${[...tables.outbox.values()].map(({ id, status }) => `${id.slice(-4)} ${status}`)} attachments ${[...tables.attachments.values()].map(({ waiting }) => waiting.length)}`;

/** Everything that was saved or acknowledged, and that somebody still has, is at the service. */
const checkNothingLost = (devices: readonly Device[], service: Service, witness: Witness): void => {
  const { ids, attachments } = service.data;
  for (const [name, held] of witness.held) {
    for (const id of held) {
      if (!ids.has(id) && !witness.given.has(id))
        throw new Violation(
          `lost: ${id}, which ${name} knew the service to have; ${devices.map(describe).join('; ')}`,
        );
    }
  }
  for (const device of devices) {
    for (const hash of device.disk.tables.attachments.keys()) {
      if (!attachments.has(hash)) throw new Violation(`lost: attachment ${hash} of ${device.name}`);
    }
  }
  for (const [id, { device, change }] of witness.made) {
    const author = devices.find(({ name }) => name === device);
    if (change.device !== author?.id || ids.has(id) || witness.replaced.has(id)) continue;
    const entry = author.disk.tables.outbox.get(id);
    if (entry?.status === 'rejected') {
      const shown = author.disk.tables.records.get(change.record)?.changes[change.field];
      if (!entry.message || shown !== id) throw new Violation(`${id} was refused and is not shown`);
      const isLost = entry.code === 'unknown-record' || entry.code === NO_BYTES;
      if (witness.isGood(change, entry.order) && !isLost) {
        throw new Violation(`${id} was refused without a reason: ${entry.code}`);
      }
    } else if (!witness.given.has(id)) {
      throw new Violation(
        `lost: ${id}, which ${device} saved; ${entry?.status ?? 'no longer waiting'}`,
      );
    }
  }
};

/** Every replica shows the same, and flags exactly what was made without knowledge of each other. */
const checkReplicas = (devices: readonly Device[], service: Service, witness: Witness): number => {
  const { log, fields } = service.data;
  const byField = new Map<string, LoggedChange[]>();
  for (const change of log) {
    const key = `${change.record} ${change.field}`;
    byField.set(key, [...(byField.get(key) ?? []), change]);
  }
  let conflicts = 0;
  for (const [key, changes] of byField) {
    const heads = witness.heads(changes);
    const winner = [...heads].sort((a, b) => b.place - a.place || (a.id < b.id ? 1 : -1))[0];
    const field = fields.get(key);
    const kept = field ? [field.winner, ...field.others] : [];
    const names = (list: readonly { readonly id: string }[]) =>
      list
        .map(({ id }) => id.slice(-4))
        .sort()
        .join();
    if (names(kept) !== names(heads)) {
      throw new Violation(
        `${key}: the service keeps ${names(kept)} where ${names(heads)} did not know of each other`,
      );
    }
    if (!winner || field?.winner.id !== winner.id) {
      throw new Violation(`${key}: ${field?.winner.id} counts instead of ${winner?.id}`);
    }
    if (heads.length > 1) conflicts += 1;
    const [record = '', name = ''] = key.split(' ');
    for (const device of devices) {
      const { records, outbox } = device.disk.tables;
      const row = records.get(record);
      const versions = row ? versionsOf(row, name) : [];
      const ids = versions.map(({ change }) => ({ id: change }));
      if (names(ids) !== names(heads)) {
        throw new Violation(
          `${device.name} knows ${names(ids)} of ${key} instead of ${names(heads)}`,
        );
      }
      const shown = row?.changes[name] ?? '';
      if (shown !== winner.id && outbox.get(shown)?.status !== 'rejected') {
        throw new Violation(`${device.name} shows ${shown} of ${key} instead of ${winner.id}`);
      }
      if (
        shown === winner.id &&
        JSON.stringify(row?.values[name]) !== JSON.stringify(winner.value)
      ) {
        throw new Violation(`${device.name} shows another value of ${key}`);
      }
      if (row?.order !== service.data.records.get(record)?.order) {
        throw new Violation(`${device.name} keeps ${record} under another order`);
      }
    }
  }
  return conflicts;
};
