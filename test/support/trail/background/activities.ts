import type { Activity } from './activity.ts';
import {
  consoleSwitch,
  failedSignIn,
  identityCenter,
  roleAcrossAccounts,
  roleByUser,
  rootUser,
  userByKey,
} from './people.ts';
import { serviceEvent, serviceLinked, serviceWork, updatedEvent, webIdentity } from './services.ts';

/** With how often each goes on, in parts of a hundred. */
export const activities: readonly { share: number; activity: Activity }[] = [
  { share: 22, activity: userByKey },
  { share: 16, activity: roleByUser },
  { share: 8, activity: roleAcrossAccounts },
  { share: 5, activity: consoleSwitch },
  { share: 2, activity: failedSignIn },
  { share: 12, activity: identityCenter },
  { share: 6, activity: webIdentity },
  { share: 18, activity: serviceWork },
  { share: 6, activity: serviceLinked },
  { share: 2, activity: serviceEvent },
  { share: 1, activity: rootUser },
  { share: 2, activity: updatedEvent },
];
