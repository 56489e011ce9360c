/** What was looked at, and how it is. */
export interface Finding {
  about: string;
  /** `note` is what somebody may want to know or change; nothing fails by it. */
  state: 'fine' | 'note' | 'wrong';
  /** What is the case, and where it is wrong what to do. */
  says: string;
}

/** Looks at one thing on this machine. What it throws is wrong, too. */
export interface Check {
  about: string;
  find(): Promise<Omit<Finding, 'about'>[]>;
}

export const fine = (says: string): Omit<Finding, 'about'> => ({ state: 'fine', says });
export const note = (says: string): Omit<Finding, 'about'> => ({ state: 'note', says });
export const wrong = (says: string): Omit<Finding, 'about'> => ({ state: 'wrong', says });
