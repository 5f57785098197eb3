// Why is this signature not right? Searches what could have happened to a request, its secret or its URL.
//
// A repair is something that may have gone wrong, undone: another reading of the secret, the body as another program would have written it,
// the URL as a proxy saw it. When the signature matches over the repaired request, by the same constant-time comparison as in verify.hpp,
// the cause is certain: nobody without the key could have made it match. Everything else is likely or possible, by what can be seen:
//
//   score  evidence
//   0.90   the Content-Length says that more bytes were sent                                                 body_truncated
//   0.88   the body begins as JSON and ends before it is whole                                               body_truncated
//   0.85   gzip bytes, or a Content-Encoding over a plain body; a byte order mark; UTF-16; broken UTF-8       body_encoding
//   0.80   the body is JSON and the Content-Type is a form's, or the other way round                          body_encoding
//   0.80   of several signed items one does not match, and the others do                                     body_reserialized
//   0.75   most keys of one of this provider's own bodies (samples), and other blanks, escapes, sorted keys    body_reserialized
//   0.70   the scheme signs the URL, and the one tried is this machine's or plain http                        url_mismatch
//   0.65   the secret has blanks or quotes around it, or lacks the prefix that this provider's have           secret_form
//   0.60   the request has all the marks of another provider                                                  other_provider_matches
//   0.50   what always may be: another secret                                                                 wrong_secret
//   0.30   JSON without samples to compare, or a body that a framework may have parsed                        body_reserialized
//   0.20   a scheme that signs the URL, or a message id                                                       url_mismatch, id_mismatch
//
// From 0.5 it is likely, below possible. Pure but for its working memory; thread-safe. Never shows a secret, an expected signature or the
// signed content; words about the secret say what is odd about it and name no letter of it but a well-known prefix.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "http/message.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"
#include "signing/verify.hpp"

namespace hookctl::signing {

enum class Confidence { certain, likely, possible };
std::string_view to_text(Confidence confidence) noexcept;

// `code` is one of
//   wrong_secret           the signature was made with another secret or key
//   other_secret_matches   it is right with another of the secrets at hand
//   other_provider_matches it is right by another provider's scheme
//   secret_form            the secret with its prefix or without, decoded or not, with blanks or quotes around it
//   body_reserialized      the body was parsed and written again
//   body_newline           line ends were added, removed or changed
//   body_encoding          byte order mark, character set, compression, percent or base64 encoding
//   body_truncated         a part of the body is missing
//   signature_encoding     the right signature written in another way
//   signature_truncated    the right signature, cut; never said of a shared word, which it would give away piece by piece
//   timestamp_unit         seconds for milliseconds and the like
//   id_mismatch            the signature is over another message id, or none
//   url_mismatch           the signature is over another URL
//   unsupported_scheme     signed in another version, with another hash, or without a part
// or one that verify() itself says (verify.hpp): missing_header, malformed_signature, timestamp_too_old, …
struct Diagnosis {
  std::string code;
  std::string cause;   // what happened, in one sentence without a full stop
  std::string remedy;  // the next step, or ""
  Confidence confidence{Confidence::possible};
};

// A secret that is at hand and was not given for this request. `label` says whose it is: "HOOKCTL_SECRET", "secret 2 of --try-secret".
// Of schemes with key pairs, a public key's text.
struct OtherSecret {
  std::string label;
  Secret secret;
};

struct OtherProvider {
  std::string_view title;
  const Scheme* scheme{nullptr};
  bool recognised{false};  // the request has all of its marks
};

// What there is to search in. Views and references outlive the call; samples are bodies of this provider, the likest first (four are read).
struct DiagnoseInputs {
  const Scheme& scheme;
  const Keys& keys;
  const http::Request& request;
  const VerifyInputs& inputs;
  const Verification& found;       // what verify() said, or code "secret_form" when it refused the keys
  std::string_view title{};        // of the provider
  std::string_view secret_form{};  // what its secret looks like, in a sentence
  std::span<const OtherSecret> other_secrets{};
  std::span<const OtherProvider> other_providers{};
  std::span<const std::string> samples{};
  // Bytes to hash and to write; what is tried first is what is met most often. It is bounded in time as well: 2 seconds, and 30 milliseconds
  // where no more than kQuickEffort is given. Of bodies above 8 MiB, or with more than 500,000 JSON values, only line ends at their end and
  // the forms of the secret are tried, so that nothing large is held in memory.
  std::size_t effort{kFullEffort};

  static constexpr std::size_t kQuickEffort = 4 * 1024 * 1024;
  static constexpr std::size_t kFullEffort = 448 * 1024 * 1024;  // well under a second
};

// Best first; empty for a valid request, otherwise never. An unverified one gets verify()'s own words.
std::vector<Diagnosis> diagnose(const DiagnoseInputs& inputs);

}  // namespace hookctl::signing
