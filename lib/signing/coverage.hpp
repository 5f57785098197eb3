// What of a request its signature covers: for tests of receivers, which change signed requests and must know what such a change means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// The signed bytes of the request, with everything else that makes a signature fit it ("{secret}" stands for the secret). Of two requests
// with the same claim that have the same bytes here, a signature is right for both or for neither. "" when nothing of the request is
// covered: shared words, tokens without a digest of the body, Kind::none. Nothing when the request could not be valid, whatever its
// signature is: parts are missing or malformed. `way` has no alternatives; `url` as in SignInputs. Pure, thread-safe.
std::optional<std::string> covered_bytes(const Scheme& way, const http::Request& request, std::string_view url);

}  // namespace hookctl::signing
