import { useCallback, useEffect, useState } from 'react';
import { ServiceError } from '../../sync/index.ts';

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  /** `enrol`: the service does not know this device, or not as one that may read. */
  | { readonly state: 'failed'; readonly message: string; readonly enrol: boolean };

const failure = (error: unknown): { message: string; enrol: boolean } => {
  if (!(error instanceof ServiceError)) return { message: String(error), enrol: false };
  // What the client says then is about uploading; here somebody wants to read.
  if (error.kind === 'unreachable')
    return { message: '连不上同步服务，请检查网络后重试。', enrol: false };
  // Another branch's is answered as if it were not there.
  if (error.code === 'unknown-order')
    return { message: '后台没有这份工单，或它不属于您的机构。', enrol: false };
  return { message: error.message, enrol: [401, 403].includes(error.status) };
};

/**
 * Asks the service, again whenever `load` changes; what was loaded before stays until then.
 *
 * `again` starts over; `refresh` shows what there was until it has the new. `busy`: an answer is on its way.
 *
 * @param load memoised
 */
export const useLoaded = <T>(
  load: () => Promise<T>,
): Loaded<T> & { busy: boolean; again: () => void; refresh: () => void } => {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const [busy, setBusy] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    let current = true;
    const show = (answer: Loaded<T>) => {
      if (!current) return;
      setLoaded(answer);
      setBusy(false);
    };
    setBusy(true);
    load().then(
      (value) => show({ state: 'loaded', value }),
      (error: unknown) => show({ state: 'failed', ...failure(error) }),
    );
    return () => {
      current = false;
    };
  }, [load, attempt]);
  const refresh = useCallback(() => setAttempt((before) => before + 1), []);
  const again = useCallback(() => {
    setLoaded({ state: 'loading' });
    refresh();
  }, [refresh]);
  return { ...loaded, busy, again, refresh };
};
