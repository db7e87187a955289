import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { Notice } from './notice.tsx';

/** Catches what no screen expected. Nothing is lost by it: what was typed is saved at each keystroke. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Notice
        title="页面出了问题"
        actions={
          <>
            <Button type="primary" size="large" onClick={() => location.reload()}>
              重新载入
            </Button>
            <Button
              size="large"
              onClick={() => {
                location.hash = '#/';
                location.reload();
              }}
            >
              回到工单列表
            </Button>
          </>
        }
      >
        <p>
          已经显示“已保存”的内容都在本机，不会丢失。请重新载入；若再次出现，请把下面的文字告诉维护人员。
        </p>
        <pre>{String(error)}</pre>
      </Notice>
    );
  }
}
