// Changes to a request once it is signed. For this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "check/step.hpp"
#include "http/message.hpp"
#include "http/url.hpp"
#include "signing/scheme.hpp"

namespace hookctl::check {

// What is tampered with: a signed request, the way it is signed and the URL it goes to (its target is the request's).
struct Tampered {
  const signing::Scheme& way;
  http::Request& request;
  http::Url& url;
};

// `usage` when the scheme or the request has nothing there to change, when the change would leave a signature, timestamp or id as it is,
// or when it is of the body and the signature does not cover it (the request would still be right).
Result<void> tamper(const Tamper& change, const Tampered& target);

// The encoded signatures alone in a signature field's value, without prefix and version; of a token its last part. Views into `field`.
std::vector<std::string_view> signature_texts(const signing::Scheme& scheme, std::string_view field);

}  // namespace hookctl::check
