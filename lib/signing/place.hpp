// Finding and setting a value at a scheme's places: a field, or a path in the body's JSON.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// The JSON text that json: places are in: the body, or the scheme's part of a body whose Content-Type is
// multipart ("", within the body, when it has no such part or several).
std::string_view document_of(const Scheme& scheme, const http::Request& request);

// The text at a header: or json: place, or nothing. The view lives as long as `request` and `keep`, which takes decoded JSON strings.
std::optional<std::string_view> find(const Source& source, const http::Request& request, std::string_view document,
                                     std::list<std::string>& keep);

// Sets a header: or json: place. In JSON a number stays a number and `as_number` makes a new place one, where `value` is one; everything
// else is a string. `usage` when the body does not have the shape for it.
Result<void> put(const Source& source, const Scheme& scheme, http::Request& request, const std::string& value, bool as_number);

// Takes a header: place out (all fields of the name) or a json: one. `usage` when it is not there.
Result<void> take_out(const Source& source, const Scheme& scheme, http::Request& request);

// "header 'X-Signature'", "'data.id' in the body": for messages.
std::string describe(const Source& source);

}  // namespace hookctl::signing
