/** What a command's exit code says. docs/command.md lists them; scripts go by them. */
export const exitCodes = {
  done: 0,
  /** The answer is no: refused, denied, or something was found that is wrong. */
  no: 1,
  /** What was asked for cannot be understood, or cannot be done here. */
  unusable: 2,
  notSignedIn: 3,
  /** There is no access at this moment: not approved yet, not begun, or over. */
  noAccess: 4,
  /** The service does not answer. */
  unreachable: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
