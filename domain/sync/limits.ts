/**
 * Every limit of the service: sizes, counts and rates. Passing one is answered with a code and a
 * sentence that says what to do, and loses nothing: what was not taken stays on the device.
 */
export const LIMITS = {
  /** Changes in one push. */
  pushChanges: 1_000,
  /** UTF-8 bytes of one value as JSON; a signature's strokes are the largest. */
  valueBytes: 512 * 1024,
  /** Levels of arrays and objects in a change; a signature's strokes have three. */
  valueLevels: 8,
  /** Bytes of one push body, also when it comes compressed. */
  pushBytes: 8 * 1024 * 1024,
  /** About how many bytes a device puts into one push, so that a slow line has a receipt soon. */
  batchBytes: 512 * 1024,
  /**
   * Changes that one process of the service takes in at the same moment: about what the embedded database
   * writes in a second. Whoever comes then is asked to come again in up to so many seconds.
   */
  changesUnderWay: 4_000,
  busyWait: 5,
  /** Pushes of one device in a minute. */
  pushesAMinute: 1_200,
  /** Bytes of any other request's body, which holds a form. */
  formBytes: 16 * 1024,
  /** Bytes of a body that is too large which are still let in, so that its sender reads the refusal. */
  drainedBytes: 64 * 1024 * 1024,
  /** Field states in one pulled page, and about how many bytes of values. */
  pullFields: 5_000,
  pullBytes: 8 * 1024 * 1024,
  /** Replaced changes of one field that are told of. */
  pastChanges: 5_000,
  /** Bytes of one attachment. */
  attachmentBytes: 32 * 1024 * 1024,
  /** Bytes of one bundle, and changes in it: more are no outbox of a device. */
  bundleBytes: 4 * 1024 * 1024 * 1024,
  bundleChanges: 200_000,
  /** Failed sign-ins as one person, and from one address, behind which there may be an office. */
  failuresAsPerson: 10,
  failuresFromAddress: 30,
  /** For how long failures count, ms. */
  failureWindow: 10 * 60_000,
  /** How long what arrived of an upload is kept while nothing more comes, ms; how often that is looked at. */
  uploadKept: 24 * 3_600_000,
  uploadSweep: 10 * 60_000,
  /**
   * Uploads of one team that wait for the rest. A further one takes the place of the one that nobody has
   * gone on with for longest, if that is long enough, ms; else it is asked to come again, in seconds.
   */
  unfinishedUploads: 200,
  uploadIdle: 10 * 60_000,
  uploadWait: 60,
} as const;

/** Of the office and its reviews. */
export const REVIEW_LIMITS = {
  /** Remarks of one round. */
  remarks: 200,
  /** Characters of one remark. */
  remarkText: 500,
  /** Rounds of one order. */
  rounds: 10_000,
  /** Orders in one page of the office list. */
  page: 100,
  /** Orders in one export, and bytes of their files together. */
  exported: 1_000,
  exportedBytes: 512 * 1024 * 1024,
} as const;
