#include "signing/diagnose_signature.hpp"

#include <algorithm>
#include <optional>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kLongestField = 8 * 1024;
constexpr std::size_t kMostTexts = 16;
constexpr std::size_t kLongestLabel = 12;

// A text that may hold a signature, and what is odd about where it stands.
struct Candidate {
  std::string text;
  std::string oddity{};
  bool other_version{false};
};

std::string_view unquoted(std::string_view text) {
  while (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'')) text = text.substr(1, text.size() - 2);
  return text;
}

std::string_view bare(std::string_view text) { return trim(unquoted(trim(text))); }

bool is_label(std::string_view word) {
  return !word.empty() && word.size() <= kLongestLabel && std::ranges::all_of(word, [](char c) { return c == '-' || c == '_' || (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); });
}

// Calls see(word) for each piece between commas, semicolons and blanks.
template <typename See>
void each_word(std::string_view text, See see) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",; "), text.size());
    see(bare(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// What stands before the signature in the scheme's form, and what should be there.
std::string label_of(const SignatureForm& form) { return form.kv ? form.kv->key + form.kv->eq : form.list ? form.list->scheme + form.list->scheme_sep : form.prefix; }

void add(std::vector<Candidate>& all, std::string_view text, std::string oddity, bool other_version = false) {
  if (text.empty() || all.size() >= kMostTexts || std::ranges::find(all, text, &Candidate::text) != all.end()) return;
  all.push_back({std::string(text), std::move(oddity), other_version});
}

// A piece of the field, and what is behind a label in it ("v1=", "sha256=", "v1,").
void add_piece(const Scheme& scheme, std::string_view piece, std::vector<Candidate>& all) {
  const SignatureForm& form = scheme.signature;
  const std::string wanted = label_of(form);
  const std::size_t at = piece.find_first_of("=,: ");
  if (at != std::string_view::npos && is_label(piece.substr(0, at)) && piece.find_first_not_of('=', at + 1) != std::string_view::npos) {
    const std::string label(piece.substr(0, at + 1));
    const bool same = same_ignoring_case(label, wanted);
    const std::string oddity = same ? "" : wanted.empty() ? "behind '" + printable(label) + "'" : "behind '" + printable(label) + "' instead of '" + wanted + "'";
    add(all, bare(piece.substr(at + 1)), oddity, !same && (form.kv || form.list));
  }
  add(all, piece, wanted.empty() || piece.starts_with(wanted) ? "" : "without '" + wanted + "' before it");
}

std::vector<Candidate> candidates_in(const Scheme& scheme, std::string_view field) {
  std::vector<Candidate> all;
  for (std::string_view own : read_signature_field(scheme, field).candidates) add(all, own, "");
  for (std::string_view own : read_signature_field(scheme, field).candidates) add(all, bare(own), "with quotes or blanks around it");
  const std::size_t first = all.size();
  const std::string_view whole = bare(field);
  const std::string separator = scheme.signature.kv ? scheme.signature.kv->sep : scheme.signature.list ? scheme.signature.list->sep : "";
  if (!separator.empty()) {
    for (std::string_view piece : split(whole, separator)) add_piece(scheme, bare(piece), all);
  }
  add_piece(scheme, whole, all);
  each_word(whole, [&](std::string_view word) { add_piece(scheme, word, all); });
  // Nothing odd but the blanks and quotes that were passed over.
  for (std::size_t i = first; i < all.size(); ++i) {
    if (all[i].oddity.empty() && scheme.signature.encoding != Encoding::plain) all[i].oddity = "with quotes, blanks or another case around it";
    else if (all[i].oddity.empty()) all[i].oddity = "with more around it";
  }
  return all;
}

std::string_view name_of(const SignatureForm& form) {
  switch (form.encoding) {
    case Encoding::hex:
      return "hex";
    case Encoding::base64:
      return "base64";
    case Encoding::base64url:
      return "base64url";
    case Encoding::plain:
      return "plain text";
  }
  return "";
}

std::string joined(std::string_view a, std::string_view b) { return std::string(a) + (a.empty() || b.empty() ? "" : ", ") + std::string(b); }

// The signature's texts decoded in every usual way.
class Decoder {
 public:
  Decoder(const SignatureForm& form, std::vector<SignatureReading>& out) : form_(form), out_(out) {}

  void decode(const Candidate& candidate) {
    candidate_ = &candidate;
    if (auto own = decode_signature(form_, candidate.text)) put(std::move(own), "");
    decode_text(candidate.text, "");
    const std::string plain = percent_decode(candidate.text, false);
    if (plain != candidate.text) {
      put(decode_signature(form_, plain), "percent-encoded");
      decode_text(plain, "percent-encoded");
    }
    std::string with_plus = candidate.text;
    std::ranges::replace(with_plus, ' ', '+');
    if (with_plus != candidate.text) put(from_base64(with_plus), "with its '+' turned into blanks");
  }

 private:
  void put(std::optional<std::string> bytes, std::string_view oddity) {
    if (!bytes || bytes->empty() || std::ranges::find(out_, *bytes, &SignatureReading::bytes) != out_.end()) return;
    out_.push_back({*std::move(bytes), joined(oddity, candidate_->oddity), candidate_->other_version});
  }

  std::string instead(std::string_view other) const { return "in " + std::string(other) + " instead of " + std::string(name_of(form_)); }

  void decode_text(const std::string& text, std::string_view before) {
    const bool is_hex = form_.encoding == Encoding::hex;
    put(from_hex(text), joined(before, is_hex ? "in upper-case hex" : instead("hex")));
    std::string close = text.starts_with("0x") ? text.substr(2) : text;
    std::erase_if(close, [](char c) { return c == '-' || c == ':' || c == ' '; });
    if (close != text) put(from_hex(close), joined(before, "in hex with marks between its digits"));
    const auto strict = from_base64(text);
    const auto url = from_base64url(text);
    const bool padding_only = form_.encoding == Encoding::base64 && text.find_first_of("-_") == std::string::npos;
    put(strict, joined(before, instead("base64")));
    put(url, joined(before, padding_only ? "without its padding" : instead("base64url")));
    const auto loose = from_base64_lenient(text);
    put(loose, joined(before, "in base64 with another padding"));
    if (loose) put(from_hex(*loose), joined(before, "as base64 of its hex digits"));
  }

  const SignatureForm& form_;
  std::vector<SignatureReading>& out_;
  const Candidate* candidate_{nullptr};
};

}  // namespace

std::vector<SignatureReading> read_signatures_loosely(const Scheme& scheme, std::string_view field) {
  std::vector<SignatureReading> out;
  if (field.size() > kLongestField) return out;
  Decoder decoder(scheme.signature, out);
  for (const Candidate& candidate : candidates_in(scheme, field)) decoder.decode(candidate);
  return out;
}

std::vector<std::string> read_cut_signatures(const Scheme& scheme, std::string_view field) {
  std::vector<std::string> out;
  if (field.size() > kLongestField) return out;
  for (const Candidate& candidate : candidates_in(scheme, field)) {
    const std::string& text = candidate.text;
    if (scheme.signature.encoding == Encoding::plain) out.push_back(text);
    if (scheme.signature.encoding == Encoding::hex) {
      if (auto bytes = from_hex(std::string_view(text).substr(0, text.size() / 2 * 2))) out.push_back(*std::move(bytes));
      continue;
    }
    for (std::size_t keep : {text.size(), text.size() / 4 * 4}) {
      if (auto bytes = from_base64_lenient(std::string_view(text).substr(0, keep))) out.push_back(*std::move(bytes));
    }
  }
  return out;
}

std::string loose_entry(const Scheme& scheme, std::string_view field, std::string_view key) {
  if (const auto exact = field_entry(scheme, field, key)) return std::string(*exact);
  std::string found;
  each_word(bare(field), [&](std::string_view word) {
    const std::size_t at = word.find_first_of("=:");
    if (found.empty() && at != std::string_view::npos && same_ignoring_case(trim(word.substr(0, at)), key)) found = bare(word.substr(at + 1));
  });
  return found;
}

}  // namespace hookctl::signing
