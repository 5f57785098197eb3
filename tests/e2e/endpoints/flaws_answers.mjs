// Mistakes in what is answered: what nobody should read, and the provider's questions.
import { Refusal } from './sound.mjs';
import { within } from './schemes.mjs';

export const answerFlaws = {
  'stack-in-answer': {
    provider: 'generic',
    rules: ['disclosure/stack-trace', 'disclosure/path'],
    severity: 'low',
    mistake: (Sound) =>
      class extends Sound {
        failed(request, response, error) {
          if (!response.headersSent && !request.errored) this.reply(response, error.status ?? 500, { error: error.message, stack: error.stack });
        }
      },
  },
  'tells-expected': {
    provider: 'github',
    rules: ['disclosure/signature'],
    severity: 'critical',
    // "Easier to debug."
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          const claim = this.claimOf(request);
          if (!claim || !this.isSigned(claim, body)) throw new Refusal(401, `expected sha256=${this.right(claim ?? {}, body)}`);
        }
      },
  },
  'dumps-settings': {
    provider: 'standard-webhooks',
    rules: ['disclosure/secret'],
    severity: 'critical',
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          try {
            super.verify(request, body);
          } catch (error) {
            throw new Refusal(401, `${error.message}; settings: ${JSON.stringify({ tolerance: 300, secret: this.secret })}`);
          }
        }
      },
  },
  'echoes-unverified': {
    provider: 'slack',
    rules: ['challenge/forged'],
    severity: 'high',
    // The handshake is answered before anything is verified.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          if (!body.includes('"url_verification"')) super.verify(request, body);
        }
      },
  },
  'no-handshake': {
    provider: 'slack',
    rules: ['challenge/answered'],
    severity: 'high',
    // Takes it for one more event.
    mistake: (Sound) =>
      class extends Sound {
        challenge(event) {
          return within(event, 'type') === 'url_verification' ? { received: true } : undefined;
        }
      },
  },
};
