// Mistakes in checking signatures and times.
import crypto from 'node:crypto';
import { mac } from './schemes.mjs';

export const signatureFlaws = {
  'prefix-compare': {
    provider: 'github',
    rules: ['signature/truncated', 'signature/bare', 'signature/empty'],
    severity: 'critical',
    // Compares as many characters as there are.
    mistake: (Sound) =>
      class extends Sound {
        equal(given, right) {
          return given === right.slice(0, given.length);
        }
      },
  },
  'json-only': {
    provider: 'generic',
    rules: ['signature/content-type'],
    severity: 'critical',
    // The check is a part of the JSON body parser, which other types pass by.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          if ((request.headers['content-type'] ?? '').startsWith('application/json')) super.verify(request, body);
        }
      },
  },
  'unsigned-allowed': {
    provider: 'slack',
    rules: ['signature/missing'],
    severity: 'critical',
    // "For local tests": without a signature there is nothing to check.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          if (request.headers['x-slack-signature'] !== undefined) super.verify(request, body);
        }
      },
  },
  'ignored-result': {
    provider: 'stripe',
    rules: ['signature/altered', 'signature/body-changed', 'signature/other-secret', 'signature/other-event'],
    severity: 'critical',
    // Takes timingSafeEqual for a function that throws when it finds a difference. It does so for lengths only.
    mistake: (Sound) =>
      class extends Sound {
        equal(given, right) {
          try {
            crypto.timingSafeEqual(Buffer.from(given), Buffer.from(right));
            return true;
          } catch {
            return false;
          }
        }
      },
  },
  'parsed-body': {
    provider: 'generic',
    rules: ['signature/json-spelling', 'signature/white-space'],
    severity: 'medium',
    // Signs what JSON.stringify makes of the parsed body. That is the same for as long as the sender writes like JSON.stringify.
    mistake: (Sound) =>
      class extends Sound {
        right(claim, body) {
          try {
            return super.right(claim, JSON.stringify(JSON.parse(body)));
          } catch {
            return super.right(claim, body);
          }
        }
      },
  },
  'latin1-body': {
    provider: 'standard-webhooks',
    rules: ['signature/multibyte'],
    severity: 'high',
    // The body is read as a "binary" string, which the HMAC then encodes as UTF-8.
    mistake: (Sound) =>
      class extends Sound {
        right(claim, body) {
          return super.right(claim, body.toString('binary'));
        }
      },
  },
  'first-of-list': {
    provider: 'standard-webhooks',
    rules: ['signature/rotation'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        isSigned(claim, body) {
          return super.isSigned({ ...claim, signatures: claim.signatures.slice(0, 1) }, body);
        }
      },
  },
  'unset-old-secret': {
    provider: 'generic',
    rules: ['signature/default-secrets'],
    severity: 'critical',
    // During a rotation the old secret counts too; no old secret is the empty one.
    mistake: (Sound) =>
      class extends Sound {
        isSigned(claim, body) {
          const old = process.env.OLD_WEBHOOK_SECRET ?? '';
          return super.isSigned(claim, body) || claim.signatures.some((one) => this.equal(one, this.right(claim, body, Buffer.from(old))));
        }
      },
  },
  'lax-legacy': {
    provider: 'github',
    rules: ['signature/older-version'],
    severity: 'critical',
    // Still takes SHA-1 for old installations, of any 40 digits: the comparison is of the lengths.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          const legacy = request.headers['x-hub-signature'];
          if (legacy?.length === `sha1=${mac(this.key, [body], 'hex', 'sha1')}`.length) return;
          super.verify(request, body);
        }
      },
  },
  'post-only-check': {
    provider: 'generic',
    rules: ['signature/method'],
    severity: 'critical',
    // Mounted for every method, checked for one.
    mistake: (Sound) =>
      class extends Sound {
        admit(request) {
          if (request.method === 'POST') super.admit(request);
        }
        verify(request, body) {
          if (request.method === 'POST') super.verify(request, body);
        }
      },
  },
  'exact-path-check': {
    provider: 'github',
    rules: ['signature/path'],
    severity: 'critical',
    // The router is lenient about a slash at the end and about case, the check in front of it is not.
    mistake: (Sound) =>
      class extends Sound {
        admit(request) {
          request.asked = request.url;
          request.url = request.url.toLowerCase().replace(/\/(?=$|\?)/, '');
          super.admit(request);
        }
        verify(request, body) {
          if (request.asked.split('?')[0] === '/webhook') super.verify(request, body);
        }
      },
  },
  'trimmed-body': {
    provider: 'generic',
    rules: ['signature/body-appended', 'signature/white-space'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        right(claim, body, key) {
          return super.right(claim, Buffer.from(body.toString().trim()), key);
        }
      },
  },
  'lengths-throw': {
    provider: 'github',
    rules: ['signature/junk', 'signature/truncated', 'signature/bare'],
    severity: 'medium',
    // timingSafeEqual throws when the lengths differ, and nobody catches that.
    mistake: (Sound) =>
      class extends Sound {
        equal(given, right) {
          return crypto.timingSafeEqual(Buffer.from(given), Buffer.from(right));
        }
      },
  },
  'works-then-verifies': {
    provider: 'stripe',
    rules: ['signature/no-effect', 'idempotency/forged-first'],
    severity: 'high',
    // Puts the event into its queue first, then refuses the request.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          try {
            const event = this.parse(request, body);
            const delivery = { request, event, id: this.idOf(request, event, body), type: this.scheme.type({}, event) };
            if (delivery.id && this.isWanted(delivery) && this.claim(delivery)) this.work(delivery);
          } catch {
            // no event: then it is refused below
          }
          super.verify(request, body);
        }
      },
  },
  'no-tolerance': {
    provider: 'slack',
    rules: ['time/stale'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        isInTime() {
          return true;
        }
      },
  },
  'future-allowed': {
    provider: 'standard-webhooks',
    rules: ['time/ahead'],
    severity: 'low',
    mistake: (Sound) =>
      class extends Sound {
        isInTime(claim) {
          return /^\d+$/.test(claim.time) && Date.now() / 1000 - Number(claim.time) <= 300;
        }
      },
  },
  'two-readings': {
    provider: 'stripe',
    rules: ['time/doubled'],
    severity: 'high',
    // Signs with the first t= of the field and takes the age of the last one.
    mistake: (Sound) =>
      class extends Sound {
        claimOf(request) {
          const field = request.headers['stripe-signature'] ?? '';
          const signatures = [...field.matchAll(/v1=([0-9a-f]+)/g)].map(([, one]) => one);
          const last = Object.fromEntries(field.split(',').map((pair) => pair.trim().split('='))).t;
          return { time: /t=(\d+)/.exec(field)?.[1] ?? '', last: last ?? '', signatures };
        }
        isInTime(claim) {
          return super.isInTime({ time: claim.last });
        }
      },
  },
  'no-number-passes': {
    provider: 'generic',
    rules: ['time/junk'],
    severity: 'low',
    // No comparison holds of NaN.
    mistake: (Sound) =>
      class extends Sound {
        isInTime(claim) {
          return !(Math.abs(Date.now() / 1000 - Number(claim.time)) > 300);
        }
      },
  },
  'half-a-minute': {
    provider: 'slack',
    rules: ['time/tolerance'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        isInTime(claim) {
          return Math.abs(Date.now() / 1000 - Number(claim.time)) <= 30;
        }
      },
  },
  'logs-the-date': {
    provider: 'standard-webhooks',
    rules: ['time/overflow'],
    severity: 'medium',
    // toISOString throws when a date is beyond what it can say.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          const time = request.headers['webhook-timestamp'] ?? '';
          if (/^\d+$/.test(time)) this.lastSeen = new Date(Number(time) * 1000).toISOString();
          super.verify(request, body);
        }
      },
  },
};
