/** A request that failed. `unreachable`: no answer came; `answered`: the service said no, with `status`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: 'unreachable' | 'answered';
  readonly code: string;
  readonly status: number;

  /** How long the service wants to be left alone, ms. */
  readonly retryAfter: number;

  /** @param message Chinese, for people. */
  constructor(
    kind: 'unreachable' | 'answered',
    code: string,
    message: string,
    status = 0,
    retryAfter = 0,
  ) {
    super(message);
    this.retryAfter = retryAfter;
    this.kind = kind;
    this.code = code;
    this.status = status;
  }

  get isUnreachable(): boolean {
    return this.kind === 'unreachable';
  }

  /** Whether the service no longer knows this device. */
  get isUnauthorised(): boolean {
    return this.status === 401;
  }

  /** Whether an administrator ordered this device wiped. */
  get isWipe(): boolean {
    return this.status === 410 && this.code === 'wipe';
  }

  /** Whether sending the same again is pointless until a person acts. 422: damaged on the way. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 422, 429].includes(this.status);
  }
}
