/** Called with CloudTrail events of managed roles and of what guards them. */
export async function handler(_event: unknown): Promise<void> {}
