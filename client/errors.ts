/** The service said no; `message` is the problem document's detail, which says why and what to do next. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** HTTP status. */
  readonly status: number;
  /** Of the closed set in `domain/errors.ts`, or of the gateway. */
  readonly code: string;
  /** The request's status, where the refusal is about that. */
  readonly requestStatus: string | undefined;
  /** Milliseconds: when the service wants to be asked again, where it says so. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    {
      status,
      code,
      requestStatus,
      retryAfter,
    }: { status: number; code: string; requestStatus?: string | undefined; retryAfter?: number | undefined },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestStatus = requestStatus;
    this.retryAfter = retryAfter;
  }
}

/** Nothing answered: no network, a wrong address, or the service is down. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`Countersign does not answer at ${url}.${hintInPage(url)}`, { cause });
    this.url = url;
  }
}

/** A browser does not tell a page whether nobody answered, or the answer is not for pages of its origin. */
function hintInPage(url: string): string {
  // Only where there is a page.
  const { location: page } = globalThis as { location?: Location };
  if (page === undefined || page.origin === new URL(url).origin) return '';
  return ` It answers pages of its own origin only, and this one is of ${page.origin}: serve the page under the service’s origin, or call from the page’s own back end.`;
}

/** The request gives no access, and will not any more: it was denied, withdrawn or revoked, it expired, failed, or is over. */
export class NoAccessError extends Error {
  override readonly name = 'NoAccessError';
  readonly requestId: string;
  readonly requestStatus: string;

  constructor(message: string, { id, status }: { id: string; status: string }) {
    super(message);
    this.requestId = id;
    this.requestStatus = status;
  }
}

/** Something answered, but not as this client knows Countersign. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError';
  readonly url: string;

  /** `what` says what is wrong with the answer, and repeats nothing of it. */
  constructor(url: string, what: string) {
    super(
      `What answers at ${url} is not Countersign, or another version of it than this client knows (${what}). Check the address, and update whichever of the two is older.`,
    );
    this.url = url;
  }
}
