/** `2026年11月22日 20:15`, by the clock of the device that signed; what is no such time stays as it is. */
export const signedAtText = (iso: string): string => {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(iso) ?? [];
  return year ? `${year}年${Number(month)}月${Number(day)}日 ${time}` : iso;
};
