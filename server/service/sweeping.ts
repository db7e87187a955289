import { LIMITS } from '../../domain/sync/limits.ts';
import type { AttachmentFiles } from './attachment-files.ts';

export interface Sweeping {
  /** How many uploads waited for the rest when last looked at. */
  unfinished(): number;
  stop(): void;
}

/** Removes what nobody goes on with, now and from time to time, and prints how much it was. */
export async function startSweeping(files: AttachmentFiles): Promise<Sweeping> {
  let unfinished = 0;
  const sweep = async () => {
    const before = Date.now() - LIMITS.uploadKept;
    await files.tidy(before);
    const waiting = await files.waiting();
    const abandoned = waiting.filter(({ touched }) => touched < before);
    for (const { id } of abandoned) await files.arriving.remove(id).catch(() => undefined);
    unfinished = waiting.length - abandoned.length;
    if (abandoned.length > 0) {
      console.log(`removed ${abandoned.length} abandoned uploads; ${unfinished} wait for the rest`);
    }
  };
  // A store that cannot be reached now holds no text back.
  const trySweep = () => sweep().catch((error: unknown) => console.error('sweeping', error));
  await trySweep();
  const timer = setInterval(() => void trySweep(), LIMITS.uploadSweep);
  return { unfinished: () => unfinished, stop: () => clearInterval(timer) };
}
