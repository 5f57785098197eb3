// Line ends and encodings.
#include "signing/diagnose_body.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "signing/text_encoding.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kMostSamples = 4;
constexpr std::size_t kMostClosers = 16;
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

// Hands guesses of one code on; each is made when there is effort left for it.
class Teller {
 public:
  Teller(const std::string& body, std::string_view code, Effort& effort, const SeeBody& see) : body_(body), code_(code), effort_(effort), see_(see) {}

  // make() writes the body, or gives nothing where it cannot be.
  template <typename Make>
  bool operator()(Make make, std::string_view what) const {
    if (!effort_.take(body_.size())) return false;
    std::optional<std::string> made = make();
    return made && *made != body_ && see_({code_, std::string(what), *std::move(made)});
  }

 private:
  const std::string& body_;
  std::string_view code_;
  Effort& effort_;
  const SeeBody& see_;
};

using Made = std::optional<std::string>;

// Form-encoded text as browsers (blank as '+') and as encodeURIComponent write it.
std::string form_encoded(std::string_view text, bool plus, std::string_view unreserved) {
  static const std::array<std::string, 256> kEncoded = [] {
    std::array<std::string, 256> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = percent_encode(std::string(1, static_cast<char>(i)));
    return all;
  }();
  std::string out;
  for (const char c : text) {
    if (c == ' ' && plus) out += '+';
    else if (unreserved.find(c) != std::string_view::npos) out += c;
    else out += kEncoded[static_cast<unsigned char>(c)];
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
  if (tell([&]() -> Made { return percent_decode(body, true); }, "the body with %XX and '+' decoded")) return true;
  if (tell([&]() -> Made { return percent_decode(body, false); }, "the body with %XX decoded")) return true;
  const bool is_json = !body.empty() && (body.front() == '{' || body.front() == '[');
  const bool may_be_form = is_form(request) || (!is_json && body.find('=') != std::string::npos);
  for (const bool plus : {true, false}) {
    for (std::string_view unreserved : {"*", "!'()*", ""}) {
      const auto whole = [&] { return form_encoded(body, plus, unreserved); };
      if (may_be_form && (tell([&]() -> Made { return form_rewritten(body, plus, unreserved); }, "the form still percent-encoded") ||
                          tell([&]() -> Made { return form_rewritten(percent_decode(body, true), plus, unreserved); }, "the form percent-encoded in another way")))
        return true;
      if (is_json && (tell([&]() -> Made { return "payload=" + whole(); }, "a form whose 'payload' is this JSON") || tell([&]() -> Made { return whole(); }, "the body percent-encoded"))) return true;
    }
  }
  return body.starts_with("payload=") && tell([&]() -> Made { return percent_decode(std::string_view(body).substr(8), true); }, "the JSON inside the form's 'payload'");
}

bool each_character_set(const std::string& body, const Teller& tell) {
  const bool utf8 = is_utf8(body);
  const auto twice = [&](const Made& bytes, bool is) { return bytes && is_utf8(*bytes) == is ? bytes : std::nullopt; };
  if (tell([&] { return twice(utf8_to_latin1(body), true); }, "the body before its UTF-8 was encoded a second time") ||
      tell([&] { return twice(utf8_to_latin1(body), false); }, "the body in ISO 8859-1 (Latin-1)") ||
      tell([&] { return twice(utf8_to_windows1252(body), true); }, "the body before its UTF-8 was taken for Windows-1252 and encoded again") ||
      tell([&] { return twice(utf8_to_windows1252(body), false); }, "the body in Windows-1252") ||
      tell([&]() -> Made { return latin1_to_utf8(body); }, utf8 ? "the body encoded as UTF-8 a second time" : "the body in UTF-8, not in ISO 8859-1 (Latin-1)"))
    return true;
  for (const bool big : {false, true}) {
    const std::string_view name = big ? "the body in UTF-16 (big-endian)" : "the body in UTF-16 (little-endian)";
    const auto marked = [&]() -> Made {
      const auto units = utf8_to_utf16(body, big);
      return units ? Made((big ? "\xFE\xFF" : "\xFF\xFE") + *units) : std::nullopt;
    };
    if (tell([&] { return utf8_to_utf16(body, big); }, name) || tell(marked, name) || tell([&] { return utf16_to_utf8(body, big); }, "the body in UTF-8, not in UTF-16")) return true;
  }
  return false;
}

// A body that lost nothing but its last brackets: a few, for each try is a whole body.
bool each_bracket(const std::string& body, Effort& effort, const SeeBody& see) {
  if (!effort.take(body.size())) return false;
  const auto closers = missing_json_end(body);
  if (!closers || closers->empty() || closers->front() == '"' || closers->size() > kMostClosers) return false;
  const Teller cut(body, "body_truncated", effort, see);
  for (std::size_t i = 1; i <= closers->size(); ++i) {
    const std::string end = closers->substr(0, i);
    if (cut([&]() -> Made { return body + end; }, "the body with '" + end + "' at its end: it was cut off") ||
        cut([&]() -> Made { return body + end + "\n"; }, "the body with '" + end + "' and a line end at its end: they were cut off"))
      return true;
  }
  return false;
}

bool separates_values(char c) { return c == ',' || c == '[' || c == '{'; }

}  // namespace

BodyFacts::BodyFacts(const http::Request& received, std::span<const std::string> all) : request(received) {
  is_large = received.body.size() > kLargestRead;
  if (!is_large) values = 1 + static_cast<std::size_t>(std::ranges::count_if(received.body, separates_values));
  is_large = is_large || values > kMostValues;
  if (!is_large) json = JsonTree::read(received.body);
  if (!all.empty()) sample = all.front();
  for (const std::string& each : all.first(std::min(all.size(), kMostSamples))) {
    if (auto tree = JsonTree::read(each)) samples.push_back(*std::move(tree));
  }
}

bool each_line_end(const BodyFacts& facts, Effort& effort, const SeeBody& see) {
  const std::string& body = facts.request.body;
  const Teller tell(body, "body_newline", effort, see);
  std::string_view trimmed = body;
  if (trimmed.ends_with('\n')) trimmed.remove_suffix(1);
  if (trimmed.ends_with('\r')) trimmed.remove_suffix(1);
  const auto plus = [](std::string_view text, std::string_view end) { return [=]() -> Made { return std::string(text).append(end); }; };
  const auto lf = [](std::string_view text, std::string_view end = {}) { return [=]() -> Made { return replaced(text, "\r\n", "\n").append(end); }; };
  const auto with_crlf = [](std::string_view text, std::string_view end = {}) { return [=]() -> Made { return crlf(text).append(end); }; };
  const auto joined = [&]() -> Made {
    std::string text = body;
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    return text;
  };
  return tell(plus(trimmed, ""), "the body without its last line end: it was added after signing") ||
         tell(plus(body, "\n"), "the body with a line end at its end: it was cut off after signing") ||
         tell(plus(body, "\r\n"), "the body with a CRLF line end at its end: it was cut off after signing") ||
         tell(plus(trim(body), ""), "the body without the blanks and line ends around it: they were added after signing") ||
         tell(plus(trimmed, "\n"), "the body with LF as its last line end, not CRLF") ||
         tell(plus(trimmed, "\r\n"), "the body with CRLF as its last line end, not LF") ||
         tell(lf(body), "the body with LF line ends: they were made CRLF after signing") ||
         tell(with_crlf(body), "the body with CRLF line ends: they were made LF after signing") ||
         tell(lf(body, "\n"), "the body with LF line ends, and one at its end") ||
         tell(with_crlf(body, "\r\n"), "the body with CRLF line ends, and one at its end") ||
         tell(lf(trimmed), "the body with LF line ends, and none at its end") ||
         tell(with_crlf(trimmed), "the body with CRLF line ends, and none at its end") ||
         tell([&]() -> Made { return replaced(body, "\r", "\n"); }, "the body with LF line ends, not CR") ||
         tell(joined, "the body without its line ends: they were added after signing") ||
         tell(plus(body, "\n\n"), "the body with two line ends at its end: they were cut off after signing") ||
         tell(plus(body, " "), "the body with a blank at its end: it was cut off after signing");
}

bool each_encoding(const BodyFacts& facts, Effort& effort, const SeeBody& see) {
  const std::string& body = facts.request.body;
  const Teller tell(body, "body_encoding", effort, see);
  if (body.starts_with(kMark) ? tell([&]() -> Made { return body.substr(kMark.size()); }, "the body without the byte order mark before it")
                              : tell([&]() -> Made { return std::string(kMark) + body; }, "the body with a byte order mark (EF BB BF) before it"))
    return true;
  if (!effort.take(body.size())) return false;
  if (each_character_set(body, tell) || each_percent_encoding(facts.request, tell)) return true;
  const auto without_zeros = [&]() -> Made { return body.substr(0, body.find_last_not_of('\0') + 1); };
  return tell([&]() -> Made { return from_base64(trim(body)); }, "what is inside the base64 of the body") ||
         tell([&]() -> Made { return to_base64(body); }, "the body in base64") || tell(without_zeros, "the body without the zero bytes behind it") ||
         each_bracket(body, effort, see);
}

}  // namespace hookctl::signing
