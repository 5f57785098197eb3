#include "signing/diagnose_evidence.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "http/url.hpp"
#include "signing/diagnose_secret.hpp"

namespace hookctl::signing {

namespace {

constexpr double kLikely = 0.5;
constexpr std::string_view kRawBytes = "hand the verifier the raw bytes of the body, as they came, before anything parses it";

// How a JSON text is laid out, in a word: "compact", "blanks", "lines 2"; "" when nothing can be told.
std::string layout_of(std::string_view text) {
  const std::size_t open = text.find_first_of("{[");
  if (open == std::string_view::npos) return {};
  const std::size_t inside = text.find_first_not_of(" \t\r\n", open + 1);
  if (inside == std::string_view::npos || text[inside] == '}' || text[inside] == ']') return {};
  const std::string_view gap = text.substr(open + 1, inside - open - 1);
  if (gap.find('\n') != std::string_view::npos) return "lines " + std::string(gap.substr(gap.rfind('\n') + 1)) + (gap.find('\r') != std::string_view::npos ? "\r" : "");
  bool in_string = false;
  for (std::size_t at = inside; at < text.size(); ++at) {
    if (in_string && text[at] == '\\') ++at;
    else if (text[at] == '"') in_string = !in_string;
    else if (!in_string && text[at] == ':') return at + 1 < text.size() && text[at + 1] == ' ' ? "blanks" : "compact";
  }
  return {};
}

bool has(std::string_view text, std::string_view mark) { return text.find(mark) != std::string_view::npos; }
bool has_raw_unicode(std::string_view text) { return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }); }

// Has it most of the keys of a sample? What somebody made up to try things out has not, and then its looks tell nothing.
bool is_like_some(const JsonTree& body, const std::vector<JsonTree>& samples) {
  const std::vector<std::string_view> own = body.root_keys();
  return std::ranges::any_of(samples, [&](const JsonTree& sample) {
    const std::vector<std::string_view> keys = sample.root_keys();
    const auto common = std::ranges::count_if(keys, [&](std::string_view key) { return std::ranges::find(own, key) != own.end(); });
    return !keys.empty() && 5 * static_cast<std::size_t>(common) >= 3 * keys.size();
  });
}

// Why the body does not look as the provider's own do, or "".
std::string unlike_samples(const DiagnoseInputs& inputs, const BodyFacts& body) {
  const std::string_view text = body.request.body;
  const auto none = [&](auto holds) { return std::ranges::none_of(inputs.samples, [&](const std::string& sample) { return holds(std::string_view(sample)); }); };
  const auto some = [&](auto holds) { return !none(holds); };
  const std::string layout = layout_of(text);
  if (!layout.empty() && none([&](std::string_view sample) { return layout_of(sample) == layout || layout_of(sample).empty(); })) return "it is laid out otherwise";
  if (body.json->is_sorted() && std::ranges::none_of(body.samples, &JsonTree::is_sorted)) return "its keys are sorted";
  const auto slash = [](std::string_view sample) { return has(sample, "\\/"); };
  if (slash(text) ? none(slash) : has(text, "/") && some(slash)) return "its slashes are escaped otherwise";
  const auto escaped = [](std::string_view sample) { return has(sample, "\\u"); };
  if (has_raw_unicode(text) && !escaped(text) && some(escaped) && none(has_raw_unicode)) return "its letters are escaped otherwise";
  if (escaped(text) && !has_raw_unicode(text) && some(has_raw_unicode) && none(escaped)) return "its letters are escaped otherwise";
  return {};
}

class Weighing {
 public:
  Weighing(const DiagnoseInputs& inputs, const BodyFacts& body) : inputs_(inputs), body_(body), who_(inputs.title.empty() ? "the provider" : std::string(inputs.title)) {}

  std::vector<Evidence> run(bool signs_body) {
    if (signs_body) {
      weigh_cut();
      weigh_encoding();
      if (body_.json && body_.json->is_container()) weigh_json();
    }
    weigh_secret();
    if (signs_url(inputs_.scheme)) weigh_url();
    for (const OtherProvider& other : inputs_.other_providers) {
      if (other.recognised)
        put(0.6, "other_provider_matches", "the request has the marks of " + std::string(other.title), "verify it as " + std::string(other.title) + "'s, with the secret from there");
    }
    if (signs_id(inputs_.scheme)) put(0.2, "id_mismatch", "the signature may be over another message id than the one that was sent", "send the very id that was signed");
    std::ranges::stable_sort(found_, [](const Evidence& a, const Evidence& b) { return a.score > b.score; });
    return std::move(found_);
  }

 private:
  void put(double score, std::string code, std::string cause, std::string remedy) {
    const auto same = std::ranges::find_if(found_, [&](const Evidence& other) { return other.diagnosis.code == code; });
    if (same != found_.end() && same->score >= score) return;
    if (same != found_.end()) found_.erase(same);
    found_.push_back({score, {std::move(code), std::move(cause), std::move(remedy), score >= kLikely ? Confidence::likely : Confidence::possible}});
  }

  void weigh_cut() {
    const std::string& text = body_.request.body;
    if (text.empty()) put(0.88, "body_truncated", "the body is empty", "verify before anything else reads the body: what was read is gone");
    const auto length = parse_unsigned(body_.request.headers.find("Content-Length").value_or(""));
    if (length && *length > text.size())
      put(0.9, "body_truncated", "the body has " + std::to_string(text.size()) + " bytes, and " + std::to_string(*length) + " were sent", "read the body to its end before it is verified");
    else if (missing_json_end(text))
      put(0.88, "body_truncated", "the body ends in the middle of its JSON", "read the body to its end before it is verified; look for limits on its size");
  }

  void weigh_encoding() {
    const std::string& text = body_.request.body;
    const http::Headers& headers = body_.request.headers;
    const std::string_view coding = trim(headers.find("Content-Encoding").value_or(""));
    const std::string_view type = headers.find("Content-Type").value_or("");
    const bool is_json = body_.is_large || (body_.json.has_value() && body_.json->is_container());
    const auto say = [&](double score, std::string cause, std::string_view remedy) { put(score, "body_encoding", std::move(cause), std::string(remedy)); };
    if (text.starts_with("\x1f\x8b")) say(0.85, "the body is gzip, and the signature may be over what is inside", "decompress the body before it is verified");
    else if (!coding.empty() && !same_ignoring_case(coding, "identity") && is_utf8(text))
      say(0.85, "the Content-Encoding is '" + printable(coding) + "', and the body is not: it was decompressed, and the signature may be over the compressed bytes", kRawBytes);
    else if (text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) say(0.85, "the body begins with a byte order mark", kRawBytes);
    else if (!is_utf8(text) && !type.starts_with("multipart/")) say(0.85, "the body is not UTF-8", kRawBytes);
    else if (is_json && !body_.is_large && type.starts_with("application/x-www-form-urlencoded")) say(0.8, "the Content-Type is a form's, and the body is JSON: the form was decoded", kRawBytes);
    else if (!text.empty() && !is_json && !missing_json_end(text) && has(type, "json")) say(0.8, "the Content-Type is JSON's, and the body is not", kRawBytes);
    else if (type.starts_with("application/x-www-form-urlencoded") && text.find_first_of(" \"{<\r\n") != std::string::npos) say(0.8, "the form is no longer percent-encoded", kRawBytes);
    else if (has(text, "\xEF\xBF\xBD")) say(0.7, "the body has U+FFFD in it: letters were lost when it was decoded", kRawBytes);
    else if (has(text, "\xC3\x83\xC2")) say(0.7, "the body's letters look encoded twice", kRawBytes);
  }

  void weigh_json() {
    const std::string why = is_like_some(*body_.json, body_.samples) ? unlike_samples(inputs_, body_) : "";
    if (why.empty()) put(0.3, "body_reserialized", "the body may have been changed on the way: parsed and written again, or edited", std::string(kRawBytes));
    else put(0.75, "body_reserialized", "the body does not look as " + who_ + " writes it: " + why + ". It was parsed and written again on the way, and what was signed cannot be told from it", std::string(kRawBytes));
  }

  void weigh_secret() {
    const bool key_pair = uses_key_pair(inputs_.scheme) && !inputs_.keys.public_key.value_or("").empty();
    const std::string what = key_pair ? "public key" : "secret";
    std::string remedy = "copy the " + what + " again from " + who_;
    if (!inputs_.secret_form.empty()) remedy += ": " + std::string(inputs_.secret_form.ends_with('.') ? inputs_.secret_form.substr(0, inputs_.secret_form.size() - 1) : inputs_.secret_form);
    const Scheme& way = in_effect(ways(inputs_.scheme).front());
    const bool is_word = way.kind == Kind::token;
    put(kLikely, "wrong_secret", is_word ? "the word that was sent is not the secret given" : "the signature was made with another " + std::string(key_pair ? "key" : "secret") + " than the one given", remedy);
    const std::string prefix = usual_prefix(way, inputs_.secret_form);
    const bool whole = !way.keys.empty() && way.keys.front().encoding == KeyEncoding::utf8;
    static constexpr std::array<std::string_view, 12> kApiKeys{"sk_live_", "sk_test_", "pk_live_", "pk_test_", "rk_live_", "rk_test_", "ghp_", "gho_", "github_pat_", "xoxb-", "shpat_", "sk-"};
    for (const Secret& secret : inputs_.keys.secrets) {
      const std::string_view text = secret.reveal();
      if (std::ranges::any_of(kApiKeys, [&](std::string_view start) { return text.starts_with(start); }))
        put(0.95, "wrong_secret", "the secret given is an API key, and webhooks are signed with a secret of their own", remedy);
      else if (peeled(text) != text) put(0.65, "secret_form", "the secret given has blanks or quotes around it", "take them off where the secret is kept");
      else if (whole && !prefix.empty() && !text.starts_with(prefix)) put(0.65, "secret_form", "the secret given does not begin with '" + prefix + "', and " + who_ + "'s do", remedy);
    }
  }

  void weigh_url() {
    const auto url = http::parse_url(inputs_.inputs.url);
    const http::Headers& headers = body_.request.headers;
    const std::string remedy = "give the public URL exactly as " + who_ + " has it (https, host, path, query)";
    const std::string shown = "'" + printable(inputs_.inputs.url) + "'";
    if (url && http::is_loopback(url->host)) put(0.7, "url_mismatch", who_ + " signs the URL it calls, and " + shown + " is this machine's", remedy);
    else if (url && !url->tls()) put(0.7, "url_mismatch", who_ + " signs the URL it calls, and " + shown + " is not https", remedy);
    else put(headers.has("X-Forwarded-Host") || headers.has("Forwarded") ? 0.45 : 0.2, "url_mismatch", who_ + " signs the URL it calls, which may be another than " + shown, remedy);
  }

  const DiagnoseInputs& inputs_;
  const BodyFacts& body_;
  std::string who_;
  std::vector<Evidence> found_;
};

}  // namespace

std::vector<Evidence> weigh_evidence(const DiagnoseInputs& inputs, const BodyFacts& body) {
  const auto is_over_body = [](const Scheme& way) {
    const Scheme& scheme = in_effect(way);
    return way.kind == Kind::code || std::ranges::any_of(scheme.signed_content, [](const Piece& piece) {
             return piece.part == Part::body || piece.part == Part::body_crc32 || piece.part == Part::form_sorted_kv || piece.part == Part::json;
           });
  };
  // Where a place in the body is not there, the body counts whatever is signed.
  return Weighing(inputs, body).run(inputs.found.code == "missing_field" || std::ranges::any_of(ways(inputs.scheme), is_over_body));
}

}  // namespace hookctl::signing
