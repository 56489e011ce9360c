/** Why a command cannot do what was asked, in sentences that end with what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
