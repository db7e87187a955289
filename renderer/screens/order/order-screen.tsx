import { Button } from 'antd';
import { type ComponentType, lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { ErrorBoundary } from '../error-boundary.tsx';
import { Notice } from '../notice.tsx';
import { AgreementSection } from './agreement-section.tsx';
import { CustomerSection } from './customer-section.tsx';
import { OrderProvider } from './open-order.tsx';
import './order.css';
import { RosterSection } from './roster-section.tsx';
import type { SectionId } from './sections.ts';
import { ServiceSection } from './service-section.tsx';
import { SurveySection } from './survey-section.tsx';
import { Workspace } from './workspace.tsx';

const CONTENT: Record<SectionId, ComponentType> = {
  customer: CustomerSection,
  survey: SurveySection,
  service: ServiceSection,
  roster: RosterSection,
  agreement: AgreementSection,
  documents: lazy(async () => ({
    default: (await import('../documents/documents-section.tsx')).DocumentsSection,
  })),
  signing: lazy(async () => ({
    default: (await import('../signing/signing-section.tsx')).SigningSection,
  })),
  upload: lazy(async () => ({
    default: (await import('../upload/upload-section.tsx')).UploadSection,
  })),
};

const missing = (
  <Notice
    title="本机没有这份工单"
    actions={
      <Link href="/">
        <Button type="primary" size="large">
          回到工单列表
        </Button>
      </Link>
    }
  >
    <p>它可能已被移除，或者是在另一台设备上填写的。</p>
  </Notice>
);

/** An order's workspace at one of its sections. */
export const OrderScreen = ({ id, section }: { id: string; section: SectionId }) => {
  const Content = CONTENT[section];
  return (
    <OrderProvider key={id} id={id} missing={missing}>
      <Workspace section={section}>
        <ErrorBoundary key={section}>
          <Suspense fallback={<p className="section-loading">正在打开…</p>}>
            <Content />
          </Suspense>
        </ErrorBoundary>
      </Workspace>
    </OrderProvider>
  );
};
