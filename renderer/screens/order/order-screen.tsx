import { type ComponentType, lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { OrderProvider } from './open-order.tsx';
import { SECTION_IDS, SECTIONS, type SectionId, sectionPath } from './sections.ts';

const later = (load: () => Promise<ComponentType>) => lazy(async () => ({ default: await load() }));

const ExtensionSheet = later(() =>
  import('../sheets/extension-sheet.tsx').then((m) => m.ExtensionSheet),
);
const RosterSheet = later(() => import('../sheets/roster-sheet.tsx').then((m) => m.RosterSheet));
const DocumentsSection = later(() =>
  import('../documents/documents-section.tsx').then((m) => m.DocumentsSection),
);
const SigningSection = later(() =>
  import('../signing/signing-section.tsx').then((m) => m.SigningSection),
);
const UploadSection = later(() =>
  import('../upload/upload-section.tsx').then((m) => m.UploadSection),
);

const CONTENT: Record<SectionId, ComponentType> = {
  customer: () => null,
  survey: ExtensionSheet,
  service: () => null,
  roster: RosterSheet,
  agreement: () => null,
  documents: DocumentsSection,
  signing: SigningSection,
  upload: UploadSection,
};

export const OrderScreen = (props: { id: string; section: SectionId }) => {
  const Content = CONTENT[props.section];
  return (
    <OrderProvider key={props.id} id={props.id} missing={<p>没有这份工单。</p>}>
      <nav>
        {SECTION_IDS.map((id) => (
          <Link key={id} href={sectionPath(props.id, id)}>
            {SECTIONS[id]}
          </Link>
        ))}
      </nav>
      <Suspense>
        <Content />
      </Suspense>
    </OrderProvider>
  );
};
