/** How full the disk may get, in bytes. Photos stop first: a signature or a text takes little, and matters most. */
import type { DiskSpace } from '../../domain/shell/contract.ts';

const MB = 1024 * 1024;
/** Below this the person is told. */
export const DISK_LOW = 500 * MB;
/** Below this no new photo is taken; texts, signatures and signed documents still are. */
export const DISK_NO_PHOTOS = 200 * MB;

/** `ok` also where nobody can say. */
export type DiskState = 'ok' | 'low' | 'noPhotos';

export const diskState = (space: DiskSpace | null): DiskState => {
  if (space === null || space.free >= DISK_LOW) return 'ok';
  return space.free >= DISK_NO_PHOTOS ? 'low' : 'noPhotos';
};

/** @throws with a Chinese message when there is no room for photos */
export const checkRoomForPhoto = (space: DiskSpace | null): void => {
  if (diskState(space) !== 'noPhotos') return;
  const left = Math.floor((space?.free ?? 0) / MB);
  throw new Error(
    `磁盘只剩 ${left} MB，为了保证文字和签名能存下，暂时不能加照片。请腾出空间后再试。`,
  );
};
