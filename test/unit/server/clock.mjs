/** Loaded into a process of the service before anything else: a test can put its clock forward. */
const RealDate = Date;
let shift = 0;

class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + shift] : given));
  }
  static now() {
    return RealDate.now() + shift;
  }
}
globalThis.Date = ShiftedDate;

process.on('message', (ms) => {
  shift = ms;
  process.send(ms);
});
process.channel.unref();
