/** The accounts around Countersign: who works there, and where. All of it is made up. */
export const organisation = {
  accounts: {
    management: '444455556666',
    production: '111122223333',
    staging: '555566667777',
    /** Where Countersign itself runs. */
    access: '999988887777',
  },
  regions: ['us-east-1', 'eu-west-1'],
  /** IAM users of the management account, who go elsewhere by AssumeRole. */
  users: ['build-bot', 'grace', 'heidi', 'ivan', 'judy'],
  /** People of IAM Identity Center, by user name. */
  people: ['olivia@example.com', 'peggy@example.com', 'rupert@example.com', 'sybil@example.com'],
  /** Roles that people and pipelines take. */
  roles: ['deployer', 'developer', 'incident-reader', 'terraform'],
  /** Roles that AWS services work under. */
  serviceRoles: { lambda: 'order-intake', ec2: 'web-server', ecs: 'order-worker' },
  permissionSets: ['DeveloperAccess_3f6a0b1c2d4e5f60', 'ReadOnlyAccess_9a8b7c6d5e4f3021'],
  addresses: [
    '198.51.100.24',
    '198.51.100.87',
    '203.0.113.45',
    '203.0.113.190',
    '2001:db8:85a3::8a2e:370:7334',
  ],
} as const;

/** Accounts in which the background has something to do. */
export const busyAccounts: readonly string[] = [
  organisation.accounts.management,
  organisation.accounts.production,
  organisation.accounts.staging,
];
