/** Why no review can be made of what was given, in sentences that end with what to do next. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}
