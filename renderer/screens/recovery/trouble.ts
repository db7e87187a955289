/** What can be wrong with what the device keeps, and what its page says. */
import {
  DamagedRowError,
  DatabaseClosedError,
  JournalUnreadableError,
  LostStoreError,
  NewerStoreError,
  namesOf,
} from '../../store/reasons.ts';

export type Trouble =
  | 'closed'
  | 'empty'
  | 'reset'
  | 'gone'
  | 'newer'
  | 'damaged'
  | 'full'
  | 'journal';

/** What can be done about it, the likeliest first. */
export type Remedy =
  | 'retry'
  | 'rebuild'
  | 'rebuildBeside'
  | 'salvage'
  | 'anew'
  | 'restore'
  | 'restoreBeside';

/** Which page tells of an error; null when it is none of the store's. */
export const troubleOf = (error: unknown): Trouble | null => {
  if (namesOf(error).includes('QuotaExceededError')) return 'full';
  if (error instanceof DamagedRowError) return 'damaged';
  if (error instanceof LostStoreError) return error.how;
  if (error instanceof JournalUnreadableError) return 'journal';
  if (error instanceof NewerStoreError) return 'newer';
  return error instanceof DatabaseClosedError ? 'closed' : null;
};

export interface TroubleText {
  readonly title: string;
  readonly happened: string;
  readonly safe: string;
  readonly todo: string;
  readonly remedies: readonly Remedy[];
}

const TROUBLES: Readonly<Record<Trouble, TroubleText>> = {
  closed: {
    title: '打不开本机数据库',
    happened: '存放工单的数据库没有打开：可能有另一个窗口或程序正占用它，也可能是文件损坏了。',
    safe: '显示过“已保存”的内容另有一份在保存日志里。数据库文件原样留着，没有删除，也没有改动。',
    todo: '请先关闭勘签的其他窗口，再按“重试”。仍打不开时按“从日志重建”：勘签会另建一个数据库，把日志里的内容放进去，旧的留在原处。',
    remedies: ['retry', 'rebuildBeside', 'restoreBeside'],
  },
  empty: {
    title: '数据库是空的，日志里有内容',
    happened:
      '本机数据库里没有工单，但保存日志里有填写过的内容。通常是数据库的文件夹被移走或删除了。',
    safe: '显示过“已保存”的内容另有一份在保存日志里，日志读得出来。',
    todo: '请按“从日志重建”，工单、签名和附件会回到列表里，用时通常不到一分钟。',
    remedies: ['rebuild', 'restore', 'retry'],
  },
  reset: {
    title: '数据库被重置了',
    happened:
      '本机保存过工单，现在数据库却是空的。磁盘写满或文件损坏时，浏览器内核会自己换上一个空的数据库。',
    safe: '显示过“已保存”的内容另有一份在保存日志里，日志读得出来。',
    todo: '请先确认磁盘没有满，再按“从日志重建”，工单、签名和附件会回到列表里。',
    remedies: ['rebuild', 'restore', 'retry'],
  },
  gone: {
    title: '本机的工单不见了',
    happened:
      '本机保存过工单，现在数据库却是空的，可以用来重建它的保存日志也没有。通常是浏览器数据被清除了，或磁盘出了问题。',
    safe: '备份文件还在原处，已经上传的工单在后台也有一份。',
    todo: '有备份请按“恢复备份”。没有备份就按“重新开始”，登记本设备后从后台取回已上传的内容。',
    remedies: ['restore', 'anew', 'retry'],
  },
  newer: {
    title: '请更新勘签',
    happened: '本机的数据是更新版本的勘签保存的，现在这个版本不认识它的格式，所以没有打开。',
    safe: '数据都在，这个版本没有改动它。',
    todo: '请安装最新版本再打开。已经装好的话，按“重试”。',
    remedies: ['retry'],
  },
  damaged: {
    title: '数据库有一处损坏',
    happened:
      '有内容读出来和保存时不一样，勘签没有采用它。可能是磁盘出了问题，也可能是文件被改动过。',
    safe: '显示过“已保存”的内容另有一份在保存日志里。损坏的数据库原样留着，没有删除。',
    todo: '请按“从日志重建”：勘签会另建一个数据库，把日志里的内容放进去。重建后再次出现的话，请检查这台设备的磁盘。',
    remedies: ['rebuildBeside', 'restoreBeside', 'retry'],
  },
  full: {
    title: '磁盘已满',
    happened: '磁盘没有空间了，或浏览器给勘签的空间用完了，数据库打不开。',
    safe: '显示过“已保存”的内容都在。勘签没有为了腾空间删除任何东西。',
    todo: '请清空回收站、移走不用的大文件，至少腾出 500 MB，再按“重试”。请不要卸载勘签，也不要清除浏览器数据。',
    remedies: ['retry'],
  },
  journal: {
    title: '保存日志读不出来',
    happened:
      '本机数据库是空的，而可以用来重建它的保存日志读不出来：文件损坏了，或是另一把密钥写的。',
    safe: '日志文件原样留着，没有删除。已经上传的工单在后台也有一份。',
    todo: '请先按“重试”。仍读不出来时，有备份就按“恢复备份”；没有备份可以按“重建能读的部分”，联网后再从后台取回已上传的内容。',
    remedies: ['retry', 'restore', 'salvage'],
  },
};

const ONE_PLACE =
  '这个网址以 http:// 开头，浏览器没有给保存日志留地方：除了本机这个数据库，只有备份文件和后台（已上传的）各有一份。';

/** What differs over plain HTTP, where there is no journal: see `platform/no-second-place.ts`. */
const WITHOUT_JOURNAL: Readonly<Partial<Record<Trouble, Partial<TroubleText>>>> = {
  closed: {
    safe: `数据库文件原样留着，没有删除，也没有改动。${ONE_PLACE}`,
    todo: '请先关闭勘签的其他窗口，再按“重试”。仍打不开时，有备份就按“恢复备份”：勘签会另建一个数据库，旧的留在原处。',
    remedies: ['retry', 'restoreBeside'],
  },
  damaged: {
    safe: `损坏的数据库原样留着，没有删除。${ONE_PLACE}`,
    todo: '请按“恢复备份”：勘签会另建一个数据库，把备份里的内容放进去。再次出现的话，请检查这台设备的磁盘。',
    remedies: ['restoreBeside', 'retry'],
  },
  gone: {
    happened: '本机保存过工单，现在数据库却是空的。通常是浏览器数据被清除了，或磁盘出了问题。',
    safe: ONE_PLACE,
  },
};

/** @param hasJournal whether there is a second place on this device: only over HTTPS and on the desktop */
export const troubleText = (trouble: Trouble, hasJournal = isSecureContext): TroubleText => ({
  ...TROUBLES[trouble],
  ...(!hasJournal && WITHOUT_JOURNAL[trouble]),
});
