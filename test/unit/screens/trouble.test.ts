import { expect, test } from 'vitest';
import { type Trouble, troubleText } from '../../../renderer/screens/recovery/trouble.ts';

/** What can be wrong where there is no journal: the others say that there is one. */
const WITHOUT_JOURNAL = ['closed', 'damaged', 'full', 'gone', 'newer'] as const;
const ALL: readonly Trouble[] = [...WITHOUT_JOURNAL, 'empty', 'reset', 'journal'];

test('where there is no journal, no page promises one or offers to rebuild from it', () => {
  for (const trouble of WITHOUT_JOURNAL) {
    const { title, happened, safe, todo, remedies } = troubleText(trouble, false);
    const text = [title, happened, safe, todo].join();
    expect(text).not.toMatch(/日志里|从日志|日志读/);
    for (const remedy of ['rebuild', 'rebuildBeside', 'salvage']) {
      expect(remedies).not.toContain(remedy);
    }
  }
});

test('every page says what to press, and has the button', () => {
  for (const trouble of ALL) {
    for (const hasJournal of [true, false]) {
      const { todo, remedies } = troubleText(trouble, hasJournal);
      expect(todo).toMatch(/按“/);
      for (const [label, needed] of [
        ['重试', ['retry']],
        ['从日志重建', ['rebuild', 'rebuildBeside']],
        ['恢复备份', ['restore', 'restoreBeside']],
        ['重新开始', ['anew']],
        ['重建能读的部分', ['salvage']],
      ] as const) {
        if (!todo.includes(`按“${label}”`)) continue;
        expect(needed.some((remedy) => remedies.includes(remedy))).toBe(true);
      }
    }
  }
});
