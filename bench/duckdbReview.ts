import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What of a record the task needs: DuckDB parses only that. */
const columns = `{Records: 'STRUCT(
  eventID VARCHAR, eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR,
  userIdentity STRUCT("type" VARCHAR, arn VARCHAR, accessKeyId VARCHAR),
  requestParameters JSON, responseElements JSON)[]'}`;

/**
 * The heart of a review in SQL: each event once by its id, a session for each key and ARN with its calls, errors and denials, joined
 * to the call that issued its key. Prints the number of events.
 */
const statements = (folder: string): string[] => [
  'SET threads = 2',
  `CREATE TABLE records AS
   SELECT unnest(Records, max_depth := 2)
   FROM read_json('${folder.replaceAll("'", "''")}/**/*.json.gz', columns = ${columns}, maximum_object_size = 268435456)`,
  `CREATE TABLE events AS SELECT * FROM records
   QUALIFY row_number() OVER (PARTITION BY eventID ORDER BY eventTime) = 1`,
  `CREATE TABLE issued AS
   SELECT responseElements->>'$.credentials.accessKeyId' AS accessKeyId, any_value(userIdentity.arn) AS issuedBy,
          any_value(requestParameters->>'$.roleArn') AS roleArn
   FROM events WHERE eventName LIKE 'AssumeRole%' AND errorCode IS NULL GROUP BY 1`,
  `CREATE TABLE sessions AS
   SELECT userIdentity.arn AS arn, userIdentity.accessKeyId AS accessKeyId, count(*) AS calls, count(errorCode) AS errors,
          count(*) FILTER (errorCode LIKE '%AccessDenied%' OR errorCode LIKE '%Unauthorized%') AS denied,
          min(eventTime) AS first, max(eventTime) AS last
   FROM events WHERE userIdentity.type = 'AssumedRole' GROUP BY ALL`,
  `CREATE TABLE joined AS
   SELECT sessions.*, issued.issuedBy, issued.roleArn FROM sessions LEFT JOIN issued USING (accessKeyId)`,
];

const [folder = '.'] = process.argv.slice(2);
// Not a part of the project: whoever wants to compare puts it there. The types are not there either.
const cache = fileURLToPath(new URL('../node_modules/.cache/duckdb/', import.meta.url));
const { DuckDBInstance } = createRequire(cache)('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const statement of statements(folder)) await connection.run(statement);
const reader = await connection.runAndReadAll('SELECT count(*) FROM events');
process.stdout.write(`${reader.getRows()[0]?.[0]}\n`);
