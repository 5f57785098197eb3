// A request on its way out: as the message that a client sends, and as a command that people can repeat. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/transport.hpp"
#include "http/url.hpp"

namespace hookctl::http {

// The bytes that go to the host of `url` for `request`: its head with Host and framing, and its body. The request's target is what is
// asked for there.
Outgoing outgoing_message(const Url& url, Request request);

// The text in single quotes, as one word for a POSIX shell.
std::string shell_quote(std::string_view text);

// "curl …" that sends the same request from a shell; a body that is not printable goes through base64.
std::string as_curl(const Outgoing& message, const Request& request);

}  // namespace hookctl::http
