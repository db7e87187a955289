import { expect, test } from 'vitest';
import {
  checkRoomForPhoto,
  DISK_LOW,
  DISK_NO_PHOTOS,
  diskState,
} from '../../../renderer/platform/disk.ts';

const free = (bytes: number) => ({ free: bytes, total: 1e12 });

test('a disk that fills is told first, then takes no photos, and says why', () => {
  expect(diskState(null)).toBe('ok');
  expect(diskState(free(DISK_LOW))).toBe('ok');
  expect(diskState(free(DISK_LOW - 1))).toBe('low');
  expect(diskState(free(DISK_NO_PHOTOS))).toBe('low');
  expect(diskState(free(DISK_NO_PHOTOS - 1))).toBe('noPhotos');
  expect(() => checkRoomForPhoto(free(DISK_NO_PHOTOS))).not.toThrow();
  expect(() => checkRoomForPhoto(free(60 * 1024 * 1024))).toThrow(/磁盘只剩 60 MB.*暂时不能加照片/);
});
