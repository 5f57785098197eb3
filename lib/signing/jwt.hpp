// JSON Web Tokens that vouch for a request: signature first, then claims, then the body's digest (Kind::jwt).
#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "signing/claim.hpp"
#include "signing/jwk.hpp"
#include "signing/prepared.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

namespace hookctl::signing {

// Is the token right for this request? `token` is the field's value without its prefix; limits are those of iat. Fills claim (the
// signature alone: a whole token is as good as a secret), age_ms, secret_index and, when asked for, signed_content. A key is used only
// for its own algorithm, whatever the token's header says.
std::optional<Fault> check_jwt(Prepared& way, const std::string& token, const http::Request& request, const VerifyInputs& inputs,
                               const AgeLimits& limits, Verification& out);

// The request with a fresh token in its place. `usage` when a key is missing or malformed.
Result<Signed> sign_jwt(const Scheme& scheme, const Keys& keys, http::Request request, const SignInputs& inputs);

}  // namespace hookctl::signing
