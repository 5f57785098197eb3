// Text that an endpoint, a shell or a file gave us, made fit to stand in a document. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hookctl::report {

// printable() of base/text.hpp, and also without U+FFFE and U+FFFF, which XML and YAML refuse. With `keep_lines`, '\n' and '\t' stay and
// "\r\n" counts as '\n'. Always UTF-8.
std::string shown(std::string_view text, bool keep_lines = false);

// As prose on one line: line ends and tabs are blanks, blanks at both ends go.
std::string one_line(std::string_view text);

// At most `limit` bytes of UTF-8, cut between code points, and how much is missing: "abc… (12 more bytes)".
std::string clipped(std::string_view text, std::size_t limit);

// The first lines as shown(), clipped; the last one says what is missing.
std::vector<std::string> first_lines(std::string_view text, std::size_t lines, std::size_t bytes);

// The lines of shown(): no empty one at the end.
std::vector<std::string> lines_of(std::string_view text);

// The runner of GitHub Actions obeys lines of a log that begin with "::" (blanks before it count for nothing) and "##[" anywhere. Foreign
// text in a log must not give orders: such lines get a backslash there.
std::string without_workflow_commands(std::string_view document);

}  // namespace hookctl::report
