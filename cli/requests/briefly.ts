/** Gives up a call of the service that can be done without, or whose answer is an error all the same. */
export const briefly = (): AbortSignal => AbortSignal.timeout(4_000);
