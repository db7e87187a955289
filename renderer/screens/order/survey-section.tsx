import { lazy, Suspense } from 'react';
import type { FactKey } from '../../../domain/order/dictionary.ts';
import { FactField } from './fact-field.tsx';
import { Group } from './group.tsx';

const ExtensionSheet = lazy(async () => ({
  default: (await import('../sheets/extension-sheet.tsx')).ExtensionSheet,
}));

/** The rows of the form, each with its remark. */
const ROWS: readonly (readonly [FactKey, FactKey])[] = [
  ['survey.lineCount', 'survey.remarks.lineCount'],
  ['survey.transmission', 'survey.remarks.transmission'],
  ['survey.bandwidthMbps', 'survey.remarks.bandwidthMbps'],
  ['survey.accessDevice', 'survey.remarks.accessDevice'],
  ['survey.deviceCount', 'survey.remarks.deviceCount'],
  ['survey.cabling', 'survey.remarks.cabling'],
  ['survey.other', 'survey.remarks.other'],
];

export const SurveySection = () => (
  <>
    <Group title="申请">
      <FactField field="survey.appliedOn" />
      <FactField field="survey.installAddress" span={8} />
    </Group>
    <section className="group" aria-label="服务项目">
      <div className="survey-row head" aria-hidden="true">
        <div className="survey-fact">
          <span>服务项目</span>
          <span>描述</span>
        </div>
        <span>备注</span>
      </div>
      {ROWS.map(([fact, remark]) => (
        <div className="survey-row" key={fact}>
          <FactField field={fact} />
          <FactField field={remark} />
        </div>
      ))}
    </section>
    <Suspense>
      <ExtensionSheet />
    </Suspense>
  </>
);
