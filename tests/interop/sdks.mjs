// The table of providers: how each one's own SDK verifies a request, and how a request of it is signed without hookctl.
//   package   the SDK, or node:crypto where there is none
//   secret()  a fresh shared secret; or pair(): {publicKey, privateKey (PEM)} for those that sign with a key of their own
//   events    some of the fixtures; `set` is the path in the first of them that is given text of several bytes a letter
//   verify({secret, secrets, publicKey, url, headers, body})      true when the SDK accepts; anything else, or a throw, refuses
//   sign({secret, secrets, privateKey, url, body, timestamp, id})  {headers, url?, body?}: by the SDK where it can sign, else by node:crypto
// and, where it is not as with most:
//   body(more, timestamp)  a body of our own, with `more` in it; write(value): its bytes (indented JSON, or all in one line)
//   asked     what `hookctl sign` has to be told besides
//   tamper({headers, body})  the twin that has to be refused (one letter in the middle of the body)
//   clock     {age, ahead}: how old and how far ahead the SDK takes a timestamp, in seconds; {} when it takes any; nothing where there is none
//   rotation  'signatures': of several in one header any may hold ('last signature': the SDK looks at that one alone, others at the first);
//             'keys': the SDK is given several; 'places': the second key has a header of its own
//   knownAs   the provider that its headers are taken for, null when for none that would do; inside: true when the signature is in the body; form: true for forms
import fs from 'node:fs';
import { address } from './sdks/address.mjs';
import { inside } from './sdks/inside.mjs';
import { keys } from './sdks/keys.mjs';
import { plain } from './sdks/plain.mjs';
import { standard } from './sdks/standard.mjs';
import { timed } from './sdks/timed.mjs';

export const sdks = { ...standard, ...plain, ...timed, ...address, ...keys, ...inside };

// As it is installed: "stripe 23.1.0".
export function versionOf(sdk) {
  if (sdk.package.startsWith('node:')) return `${sdk.package} ${process.version}`;
  const facts = JSON.parse(fs.readFileSync(new URL(`node_modules/${sdk.package}/package.json`, import.meta.url)));
  return `${sdk.package} ${facts.version}`;
}
