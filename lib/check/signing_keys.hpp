// The keys of a step: which of them sign right, and how made-up words become keys. For this room.
#pragma once

#include "base/result.hpp"
#include "check/step.hpp"
#include "check/subject.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl::check {

// A way to sign and one key for it. `way` is the subject's, without secret_index, and (for the empty word) without the secret in its content.
struct Signer {
  signing::Scheme way;
  signing::Keys keys;
};

// Of several right secrets the current one. `usage` when the scheme knows no such keys: words for a key pair, anything but the right key
// where nothing is signed.
Result<Signer> signer_of(const Subject& subject, const SigningKey& key, const signing::Keys& stranger);

}  // namespace hookctl::check
