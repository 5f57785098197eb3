// Mistakes that people make in webhook endpoints, one each: { name: { provider, rules, severity, mistake, … } }.
//   provider  whose endpoint it is          rules     of `hookctl check`, at least one of which must fail
//   severity  of the least of these rules   mistake   (Sound) => the endpoint with the mistake
//   args      what the check must be told to see it, such as a shorter budget
import { agentFlaws } from './flaws_agents.mjs';
import { answerFlaws } from './flaws_answers.mjs';
import { effectFlaws } from './flaws_effects.mjs';
import { robustnessFlaws } from './flaws_robustness.mjs';
import { signatureFlaws } from './flaws_signature.mjs';

export const flaws = { ...signatureFlaws, ...effectFlaws, ...robustnessFlaws, ...answerFlaws, ...agentFlaws };
