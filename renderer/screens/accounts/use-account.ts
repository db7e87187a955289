import { useEffect, useState } from 'react';
import type { Account } from '../../../domain/accounts/wire.ts';
import { useServices, useWorking } from '../../services.tsx';

/** Who is signed in on this device; null when nobody is, undefined until that is read. */
export const useAccount = (): Account | null | undefined => {
  const { store } = useServices();
  const connection = useWorking((working) => working.sync.connection);
  const [account, setAccount] = useState<Account | null>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: signing in and out changes the connection
  useEffect(() => {
    void store.sealed.account().then(setAccount);
  }, [store, connection]);
  return account;
};
