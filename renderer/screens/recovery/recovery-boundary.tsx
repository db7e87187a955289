import { Component, type ReactNode } from 'react';
import type { Platform } from '../../platform/platform.ts';
import { RecoveryPage } from './recovery-page.tsx';
import { troubleOf } from './trouble.ts';

interface Props {
  readonly platform: Platform;
  readonly children: ReactNode;
}

/** Shows the page of what is wrong with the store in place of the screens; other errors go on upwards. */
export class RecoveryBoundary extends Component<Props, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    const { platform, children } = this.props;
    if (error === null) return children;
    const trouble = troubleOf(error);
    if (trouble === null) throw error;
    return <RecoveryPage trouble={trouble} error={error} platform={platform} />;
  }
}
