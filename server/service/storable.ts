/** Whether a PostgreSQL text can hold it: no NUL and no half of a surrogate pair. */
export const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);
