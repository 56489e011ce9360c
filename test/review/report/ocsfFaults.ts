import { isIP } from 'node:net';
import { type Attribute, type Attributes, classes, objects, type Shape } from './ocsfSchema.ts';

type Fields = Record<string, unknown>;

/**
 * What is wrong with an event by OCSF 1.1.0, attribute by attribute. It is stricter in that a text beside a number has to be the
 * number's caption: of another one OCSF's own validator merely warns.
 */
export function ocsfFaults(event: Fields): string[] {
  const { class_uid: classUid, activity_id: activityId, type_uid: typeUid } = event;
  const shape = classes[Number(classUid)];
  if (!shape) return [`class_uid: ${JSON.stringify(classUid)} is not known`];
  const { version, profiles } = (event.metadata ?? {}) as Fields;
  return [
    ...(typeUid === Number(classUid) * 100 + Number(activityId)
      ? []
      : ['type_uid: not that of the activity']),
    ...(version === '1.1.0' ? [] : ['metadata.version: not 1.1.0']),
    // The attributes of no other profile are in the schema's copy.
    ...(String(profiles) === 'cloud' ? [] : ['metadata.profiles: not cloud alone']),
    ...objectFaults(event, shape, ''),
  ];
}

function objectFaults(
  value: unknown,
  { required, optional, atLeastOne = [] }: Shape,
  path: string,
): string[] {
  if (!isFields(value)) return [`${path}: no object`];
  const attributes = { ...required, ...optional };
  const under = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return [
    ...Object.keys(required)
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => `${under(name)}: missing`),
    ...(atLeastOne.length === 0 || atLeastOne.some((name) => Object.hasOwn(value, name))
      ? []
      : [`${path || 'event'}: none of ${atLeastOne.join(', ')}`]),
    ...Object.entries(value).flatMap(([name, item]) => {
      const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (attribute === undefined) return [`${under(name)}: unknown`];
      return [...valueFaults(item, attribute, under(name)), ...captionFaults(name, value, attributes, under)];
    }),
  ];
}

function valueFaults(value: unknown, attribute: Attribute, path: string): string[] {
  if (Array.isArray(attribute)) {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((item, index) => valueFaults(item, attribute[0] ?? '', `${path}[${index}]`));
  }
  if (typeof attribute === 'object')
    return Number.isInteger(value) && Object.hasOwn(attribute, String(value))
      ? []
      : [`${path}: not ${JSON.stringify(value)}`];
  const isKind = kinds.get(attribute);
  if (isKind) return isKind(value) ? [] : [`${path}: no ${attribute}`];
  const shape = objects[attribute];
  return shape ? objectFaults(value, shape, path) : [`${path}: ${attribute} is not described here`];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 65_535;

/** Kinds of values that are written, each as long as the schema lets it be. */
const kinds: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['boolean', (value: unknown) => typeof value === 'boolean'],
  ['integer', Number.isSafeInteger],
  ['ip', (value: unknown) => isText(value) && value.length <= 40 && isIP(value) !== 0],
  ['string', isText],
  // Milliseconds: until the year 2969 whatever is less was given in seconds.
  ['timestamp', (value: unknown) => Number.isSafeInteger(value) && Number(value) > 31_536_000_000],
  ['username', isText],
]);

/** `type` beside `type_id`, `activity_name` beside `activity_id`: the caption, and of 99 (Other) what the source calls it. */
function captionFaults(
  name: string,
  value: Fields,
  attributes: Attributes,
  under: (name: string) => string,
): string[] {
  const captions = attributes[name];
  if (typeof captions !== 'object' || Array.isArray(captions)) return [];
  const stem = name.replace(/_u?id$/, '');
  const beside = [stem, `${stem}_name`].find((sibling) => Object.hasOwn(attributes, sibling));
  if (beside === undefined) return [];
  const [number, text] = [Number(value[name]), value[beside]];
  if (number === 99) return text === undefined ? [`${under(beside)}: missing beside 99`] : [];
  return text === undefined || text === captions[number] ? [] : [`${under(beside)}: not ${captions[number]}`];
}
