import { firstSlotOf, PAGE_SLOTS } from './roster-slots.ts';

/** The roster's pages, as the printed form counts them. */
export const RosterPages = (props: {
  pages: number;
  page: number;
  onTurn: (page: number) => void;
}) => (
  <nav className="roster-pages" aria-label="页">
    {Array.from({ length: props.pages }, (_, at) => at + 1).map((page) => (
      <button
        key={page}
        type="button"
        aria-current={page === props.page ? 'page' : undefined}
        onClick={() => props.onTurn(page)}
      >
        第 {page} 页
        <small>
          {firstSlotOf(page)}–{page * PAGE_SLOTS}
        </small>
      </button>
    ))}
  </nav>
);
