// The providers' own SDKs as endpoints for `send --challenge`: each answers the challenge by itself, and refuses a wrong signature.
import crypto from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const bolt = require('@slack/bolt');
const { verifyKeyMiddleware } = require('discord-interactions');

// A server on a free port for one test. `handle(request, response)` answers.
async function serve(handle) {
  const server = http.createServer(handle);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/hooks`, stop: () => (server.closeAllConnections(), server.close()) };
}

async function slack() {
  const secret = crypto.randomBytes(16).toString('hex');
  const receiver = new bolt.HTTPReceiver({ signingSecret: secret, endpoints: '/hooks', logLevel: bolt.LogLevel.ERROR });
  receiver.init(new bolt.App({ token: 'xoxb-unused', receiver, tokenVerificationEnabled: false, logLevel: bolt.LogLevel.ERROR }));
  const { url, stop } = await serve(receiver.requestListener.bind(receiver));
  return { url, stop, right: ['--secret', secret], wrong: ['--secret', 'another'] };
}

async function discord() {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const other = crypto.generateKeyPairSync('ed25519').privateKey;
  const pem = (key) => key.export({ type: 'pkcs8', format: 'pem' });
  const middleware = verifyKeyMiddleware(Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('hex'));
  const { url, stop } = await serve((request, response) => {
    // What Express has beside node's own request and response.
    request.header = (name) => request.headers[name.toLowerCase()];
    middleware(request, response, () => response.writeHead(500).end('no PING'));
  });
  return { url, stop, right: ['--private-key', pem(privateKey)], wrong: ['--private-key', pem(other)] };
}

const endpoints = { slack, discord };

// Is there an endpoint of the provider's own making?
export const hasEndpoint = (id) => id in endpoints;

export async function challengeIsAnswered(id, hookctl, check) {
  const { url, stop, right, wrong } = await endpoints[id]();
  const taken = await hookctl.run('send', id, '--challenge', '--to', url, ...right);
  check(`${id} the SDK's endpoint answers send --challenge`, taken.code === 0, `exit ${taken.code}, ${taken.out}${taken.err}`);
  const refused = await hookctl.run('send', id, '--challenge', '--to', url, ...wrong);
  check(`${id} the SDK's endpoint refuses a challenge signed with another key`, refused.code === 1 && /got 401/.test(refused.out), `exit ${refused.code}, ${refused.out}${refused.err}`);
  stop();
}
