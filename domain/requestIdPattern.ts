/** A ULID: 26 characters, sorts by time; also RoleSessionName, execution name and tag value. */
export const requestIdPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
