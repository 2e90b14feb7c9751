// Reads an AsyncAPI document with the specification's own parser. Prints what is wrong with it, and then the messages
// that are in it.
import { Parser, fromFile } from '@asyncapi/parser';

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
for (const { severity, message, path } of diagnostics) {
  // 0 is an error, 1 a warning.
  if (severity <= 1) console.log(`invalid: ${path.join('/')}: ${message}`);
}
console.log(`messages: ${document?.allMessages().all().map(m => m.name()).sort().join(' ')}`);
