// Stack traces, debug pages and paths of the server's disk in a text. Pure, thread-safe, safe on any bytes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hookctl::check {

// Was this line or path in what was sent? Then it is an echo and counts for nothing.
using IsEcho = std::function<bool(std::string_view)>;

// A stack trace of a common language, or the debug page of a common framework: "a stack trace of Node.js". A single line that only looks
// like one is none.
std::optional<std::string> trace_in(std::string_view text, const IsEcho& is_echo);

// The first path of a file on a disk that is no part of a URL and no link: "/usr/src/app/server.js".
std::optional<std::string> disk_path_in(std::string_view text, const IsEcho& is_echo);

// The text without the escapes of JSON strings and of HTML, so that traces in either can be read line by line.
std::string without_escapes(std::string_view text);

}  // namespace hookctl::check
