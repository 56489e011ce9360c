// What `countersign credentials` runs when its session is in the cache. Each part of the bundle gets this, so that the bundler puts all of it
// into one file: Node needs longer to find and link thirty small ones than to run them.
import '../cli/commandLine.ts';
import '../cli/commands.ts';
import '../cli/requests/chosenRequest.ts';
import '../cli/sessions/formats.ts';
import '../cli/sessions/sessionLine.ts';
import '../cli/sessions/wantedSession.ts';
import '../client/unsealed.ts';
