import type { ReviewDocument } from './reviewDocument.ts';

type Control = ReviewDocument['controls'][number];
type Row = [control: string, title: string, offers: string, doesNotShow: string];

const framework = (name: string, rows: Row[]): Control[] =>
  rows.map(([control, title, offers, doesNotShow]) => ({
    framework: name,
    control,
    title,
    offers,
    doesNotShow,
  }));

/**
 * Controls for which a part of this report is evidence. Titles are shortened; the numbers are those of the editions named. What an
 * auditor accepts is for the auditor to say.
 */
export const controls: Control[] = [
  ...framework('SOC 2 (Trust Services Criteria 2017)', [
    [
      'CC6.1',
      'Logical access is restricted',
      'Each session of a managed role, with the request that it was issued for; sessions without one are findings.',
      'Roles and users that Countersign does not manage; network and data controls.',
    ],
    [
      'CC6.2',
      'Access is authorised before it is issued, and removed',
      'For each grant: who asked, who approved and when, when the first session was issued, when access ended and by what.',
      'Registration of people in the directory; whether a leaver was removed there.',
    ],
    [
      'CC6.3',
      'Least privilege and segregation of duties',
      'Approvers other than the requester for each grant; session policies as issued; what was granted and never used (right-sizing).',
      'Whether the approval rules themselves suit the risk.',
    ],
    [
      'CC7.2, CC7.3',
      'Anomalies are looked for and judged',
      'Findings with severity and event ids: out-of-band sessions, calls after the end, tampering with roles or the trail.',
      'What your team did about them; alarms while it happened.',
    ],
    [
      'CC8.1',
      'Changes are authorised',
      'The digest of the catalogue under which each request was decided.',
      'Reviews and merges of catalogue changes: they are in your version control.',
    ],
  ]),
  ...framework('ISO/IEC 27001:2022, Annex A', [
    [
      'A.5.3',
      'Segregation of duties',
      'Deciders of each request; a requester among them is a finding.',
      'Duties outside Countersign.',
    ],
    [
      'A.5.15 to A.5.18',
      'Access control, identity, authentication information, access rights',
      'The whole population of requests with decisions, windows and ends; nobody keeps standing access by a grant.',
      'Identity proofing, and the strength of sign-in at your identity provider.',
    ],
    [
      'A.8.2, A.8.3',
      'Privileged access rights, restriction of access',
      'Time-bound grants with the session policy that STS was given; break-glass use with its review.',
      'Standing privileged roles that Countersign does not manage.',
    ],
    [
      'A.8.5',
      'Secure authentication',
      'How each session was issued and who is behind it; MFA where CloudTrail says so.',
      'MFA at the identity provider: CloudTrail does not see it.',
    ],
    [
      'A.8.15, A.8.16',
      'Logging, monitoring',
      'Files read, hours covered, digest verdict; calls of each grant; findings.',
      'Data events that are not switched on.',
    ],
    [
      'A.8.17',
      'Clock synchronisation',
      'All times are CloudTrail’s own clock, UTC, to the second.',
      'The clocks of your other systems.',
    ],
  ]),
  ...framework('NIST SP 800-53 Rev. 5', [
    [
      'AC-2',
      'Account management: approvals, monitoring',
      'Approvals of each request and what its sessions did.',
      'Accounts in the directory and their owners.',
    ],
    [
      'AC-2(2), AC-2(3)',
      'Temporary and emergency accounts are removed or disabled by themselves',
      'For each grant the end that its session policy carries, the expiry that STS gave, the entry that ended it, and any call after it.',
      'Temporary accounts other than grants.',
    ],
    [
      'AC-2(4), AC-2(12)',
      'Audit of account actions, atypical use',
      'The chain of evidence of each request; refused calls, calls outside the window, sessions without a grant.',
      'A baseline of what is typical for a person.',
    ],
    [
      'AC-3, AC-3(2)',
      'Access enforcement, dual authorisation',
      'Every needed approval before the first session, for entitlements with two approval rules also both.',
      'Enforcement inside applications.',
    ],
    [
      'AC-5',
      'Separation of duties',
      'Requester and deciders of each request; which function attested which entry.',
      'Duties outside Countersign.',
    ],
    [
      'AC-6 (1) (2) (5) (7) (9) (10)',
      'Least privilege: authorised, reviewed, logged',
      'Session policies as issued, every call under a grant, what was granted and never used with a narrower policy.',
      'Whether a policy suits the task; privileges outside grants.',
    ],
    [
      'AU-2, AU-3, AU-12',
      'Events, their content, their generation',
      'Who, what, when, where from, outcome and object of each call under a grant, with CloudTrail’s event id.',
      'Why: words of requester and approver are in Countersign’s table, not in CloudTrail.',
    ],
    [
      'AU-6, AU-7',
      'Review, analysis, reduction, report generation',
      'This report; CSV, JSON and OCSF files of the same content.',
      'That somebody read it: sign and file it.',
    ],
    [
      'AU-8',
      'Time stamps',
      'UTC to the second, by CloudTrail’s clock.',
      'Synchronisation of that clock: it is AWS’s.',
    ],
    [
      'AU-9, AU-10',
      'Protection of audit information, non-repudiation',
      'CloudTrail’s signed digests checked offline; hash chain of each request; changes of the trail as findings.',
      'Settings of the log bucket, such as Object Lock.',
    ],
    [
      'AU-11',
      'Retention',
      'First and last event, and hours with records.',
      'How long the logs will be kept.',
    ],
    [
      'IA-2(1)',
      'Multi-factor authentication of privileged users',
      'MFA of a session where CloudTrail says so.',
      'MFA at the identity provider.',
    ],
    [
      'CM-3, CM-5',
      'Change control, access for change',
      'Changes of roles, policies, functions and the trail of Countersign that were not made by its deployment.',
      'Approval of the deployments themselves.',
    ],
  ]),
  ...framework('PCI DSS 4.0.1', [
    [
      '7.2.1 to 7.2.3, 7.2.5',
      'Access by need, least privilege, approved by authorised personnel',
      'Approvers of each grant, its session policy, and the catalogue under which it was decided.',
      'Who your authorised personnel are; application accounts.',
    ],
    [
      '7.2.4',
      'Review of access every six months',
      'What was granted and used over the period; right-sizing proposals.',
      'Accounts and privileges outside grants.',
    ],
    [
      '8.2.1, 8.2.2, 8.2.4, 8.2.5, 8.2.7',
      'Unique ids, no shared use, lifecycle, removal, third parties',
      'Source identity of one person on each session; the end of each grant.',
      'The lifecycle of ids at the identity provider.',
    ],
    [
      '8.4, 8.6',
      'Multi-factor authentication; system and application accounts',
      'How each session was issued, also those of services.',
      'MFA at the identity provider; passwords in scripts.',
    ],
    [
      '10.2.1.1 to 10.2.1.7, 10.2.2',
      'What is logged, and its content',
      'Calls under grants with user, event, time, outcome, origin and object; changes of the trail as findings.',
      'Access to cardholder data itself, unless data events are on.',
    ],
    [
      '10.3',
      'Audit logs are protected',
      'Digest validation; changes of trail, bucket and key as findings.',
      'Who may read the logs.',
    ],
    [
      '10.4.1.1',
      'Automated review of logs',
      'The findings, and the rules that made them.',
      'How often you run it.',
    ],
    [
      '10.5.1',
      'Twelve months kept, three at hand',
      'First and last event, and hours with records.',
      'Logs that were not given to this review.',
    ],
    ['10.6', 'Time is synchronised', 'CloudTrail’s clock, UTC.', 'Your own systems.'],
    [
      '10.7',
      'Failures of controls are noticed',
      'Gaps in coverage, StopLogging and the like as findings.',
      'How fast they were noticed and answered.',
    ],
  ]),
  ...framework('HIPAA Security Rule, 45 CFR Part 164', [
    [
      '164.308(a)(1)(ii)(D)',
      'Information system activity review',
      'This report as the record of a review.',
      'That it is done regularly.',
    ],
    [
      '164.308(a)(3), (a)(4)(ii)(B) and (C)',
      'Workforce security, access authorisation and modification',
      'Decisions, windows and ends of each request.',
      'Clearance and termination of staff.',
    ],
    [
      '164.308(a)(5)(ii)(C)',
      'Log-in monitoring',
      'Refused attempts to get credentials.',
      'Failed sign-ins at the identity provider.',
    ],
    [
      '164.312(a)(2)(i), (d)',
      'Unique user identification, authentication of persons',
      'One person’s source identity on each session of a grant.',
      'How that person was authenticated.',
    ],
    [
      '164.312(a)(2)(ii)',
      'Emergency access procedure',
      'Each use of break-glass with its review, and whether it was in time.',
      'The written procedure.',
    ],
    [
      '164.312(a)(2)(iii)',
      'Automatic logoff',
      'The end of each session and grant, and any call after it.',
      'Logoff in applications.',
    ],
    [
      '164.312(b)',
      'Audit controls',
      'Calls under grants, completeness, digest verdict.',
      'Activity inside applications.',
    ],
    [
      '164.316(b)(2)(i)',
      'Six years of documentation',
      'Files with hashes that can be kept and compared.',
      'That they are kept.',
    ],
  ]),
];
