// Line ends and encodings.
#include "signing/diagnose_body.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "signing/text_encoding.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kMostSamples = 4;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find(from, at);
    out += text.substr(at, end - at);
    if (end == std::string_view::npos) break;
    out += to;
    at = end + from.size();
  }
  return out;
}

std::string crlf(std::string_view text) { return replaced(replaced(text, "\r\n", "\n"), "\n", "\r\n"); }

// Hands guesses of one code on.
class Teller {
 public:
  Teller(const std::string& body, std::string_view code, const SeeBody& see) : body_(body), code_(code), see_(see) {}
  bool operator()(std::string body, std::string_view what) const { return body != body_ && see_({code_, std::string(what), std::move(body)}); }

 private:
  const std::string& body_;
  std::string_view code_;
  const SeeBody& see_;
};

// Form-encoded text as browsers (blank as '+') and as encodeURIComponent write it.
std::string form_encoded(std::string_view text, bool plus, std::string_view unreserved) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && plus) out += '+';
    else if (unreserved.find(c) != std::string_view::npos) out += c;
    else out += percent_encode(std::string_view(&c, 1));
  }
  return out;
}

// A form's names and values encoded one by one.
std::string form_rewritten(std::string_view form, bool plus, std::string_view unreserved) {
  std::string out;
  for (std::string_view pair : split(form, "&")) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!out.empty()) out += '&';
    out += form_encoded(pair.substr(0, equals), plus, unreserved);
    if (equals < pair.size()) out += "=" + form_encoded(pair.substr(equals + 1), plus, unreserved);
  }
  return out;
}

bool is_form(const http::Request& request) { return request.headers.find("Content-Type").value_or("").starts_with("application/x-www-form-urlencoded"); }

bool each_percent_encoding(const http::Request& request, const Teller& tell) {
  const std::string& body = request.body;
  if (tell(percent_decode(body, true), "the body with %XX and '+' decoded") || tell(percent_decode(body, false), "the body with %XX decoded")) return true;
  const bool is_json = !body.empty() && (body.front() == '{' || body.front() == '[');
  for (const bool plus : {true, false}) {
    for (std::string_view unreserved : {"*", "!'()*", ""}) {
      if (is_form(request) || (!is_json && body.find('=') != std::string::npos)) {
        if (tell(form_rewritten(body, plus, unreserved), "the form still percent-encoded")) return true;
        if (tell(form_rewritten(percent_decode(body, true), plus, unreserved), "the form percent-encoded in another way")) return true;
      }
      const std::string whole = form_encoded(body, plus, unreserved);
      if (is_json && (tell("payload=" + whole, "a form whose 'payload' is this JSON") || tell(whole, "the body percent-encoded"))) return true;
    }
  }
  if (body.starts_with("payload=")) return tell(percent_decode(std::string_view(body).substr(8), true), "the JSON inside the form's 'payload'");
  return false;
}

bool each_character_set(const std::string& body, const Teller& tell) {
  if (const auto bytes = utf8_to_latin1(body)) {
    if (tell(*bytes, is_utf8(*bytes) ? "the body before its UTF-8 was encoded a second time" : "the body in ISO 8859-1 (Latin-1)")) return true;
  }
  if (const auto bytes = utf8_to_windows1252(body)) {
    if (tell(*bytes, is_utf8(*bytes) ? "the body before its UTF-8 was taken for Windows-1252 and encoded again" : "the body in Windows-1252")) return true;
  }
  if (tell(latin1_to_utf8(body), is_utf8(body) ? "the body encoded as UTF-8 a second time" : "the body in UTF-8, not in ISO 8859-1 (Latin-1)")) return true;
  for (const bool big : {false, true}) {
    const std::string_view name = big ? "the body in UTF-16 (big-endian)" : "the body in UTF-16 (little-endian)";
    const std::string mark = big ? "\xFE\xFF" : "\xFF\xFE";
    if (const auto units = utf8_to_utf16(body, big); units && (tell(*units, name) || tell(mark + *units, name))) return true;
    if (const auto text = utf16_to_utf8(body, big); text && tell(*text, "the body in UTF-8, not in UTF-16")) return true;
  }
  return false;
}

}  // namespace

BodyFacts::BodyFacts(const http::Request& received, std::span<const std::string> all) : request(received), json(JsonTree::read(received.body)) {
  if (!all.empty()) sample = all.front();
  for (const std::string& each : all.first(std::min(all.size(), kMostSamples))) {
    if (auto tree = JsonTree::read(each)) samples.push_back(*std::move(tree));
  }
}

bool each_line_end(const BodyFacts& facts, const SeeBody& see) {
  const std::string& body = facts.request.body;
  const Teller tell(body, "body_newline", see);
  std::string_view trimmed = body;
  if (trimmed.ends_with('\n')) trimmed.remove_suffix(1);
  if (trimmed.ends_with('\r')) trimmed.remove_suffix(1);
  const std::string lf = replaced(body, "\r\n", "\n");
  std::string joined = body;
  std::erase_if(joined, [](char c) { return c == '\n' || c == '\r'; });
  return tell(std::string(trimmed), "the body without its last line end: it was added after signing") ||
         tell(body + "\n", "the body with a line end at its end: it was cut off after signing") ||
         tell(body + "\r\n", "the body with a CRLF line end at its end: it was cut off after signing") ||
         tell(std::string(trim(body)), "the body without the blanks and line ends around it: they were added after signing") ||
         tell(std::string(trimmed) + "\n", "the body with LF as its last line end, not CRLF") ||
         tell(std::string(trimmed) + "\r\n", "the body with CRLF as its last line end, not LF") ||
         tell(lf, "the body with LF line ends: they were made CRLF after signing") ||
         tell(crlf(body), "the body with CRLF line ends: they were made LF after signing") ||
         tell(lf + "\n", "the body with LF line ends, and one at its end") || tell(crlf(body + "\n"), "the body with CRLF line ends, and one at its end") ||
         tell(replaced(trimmed, "\r\n", "\n"), "the body with LF line ends, and none at its end") || tell(crlf(trimmed), "the body with CRLF line ends, and none at its end") ||
         tell(replaced(body, "\r", "\n"), "the body with LF line ends, not CR") || tell(joined, "the body without its line ends: they were added after signing") ||
         tell(body + "\n\n", "the body with two line ends at its end: they were cut off after signing") ||
         tell(body + " ", "the body with a blank at its end: it was cut off after signing");
}

bool each_encoding(const BodyFacts& facts, const SeeBody& see) {
  const std::string& body = facts.request.body;
  const Teller tell(body, "body_encoding", see);
  if (body.starts_with(kMark) ? tell(body.substr(kMark.size()), "the body without the byte order mark before it")
                              : tell(std::string(kMark) + body, "the body with a byte order mark (EF BB BF) before it"))
    return true;
  if (each_character_set(body, tell) || each_percent_encoding(facts.request, tell)) return true;
  if (auto bytes = from_base64(trim(body)); bytes && tell(*std::move(bytes), "what is inside the base64 of the body")) return true;
  if (tell(to_base64(body), "the body in base64")) return true;
  std::string_view zeros = body;
  while (zeros.ends_with('\0')) zeros.remove_suffix(1);
  if (tell(std::string(zeros), "the body without the zero bytes behind it")) return true;
  if (const auto closers = missing_json_end(body); closers && closers->front() != '"') {
    // A body that lost nothing but its last brackets.
    const Teller cut(body, "body_truncated", see);
    for (std::size_t i = 1; i <= closers->size(); ++i) {
      if (cut(body + closers->substr(0, i), "the body with '" + closers->substr(0, i) + "' at its end: it was cut off") ||
          cut(body + closers->substr(0, i) + "\n", "the body with '" + closers->substr(0, i) + "' and a line end at its end: they were cut off"))
        return true;
    }
  }
  return false;
}

}  // namespace hookctl::signing
