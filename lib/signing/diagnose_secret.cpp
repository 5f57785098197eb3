#include "signing/diagnose_secret.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

// How the secrets and keys of well-known senders begin.
constexpr std::array<std::string_view, 11> kPrefixes{"whsec_", "v1,whsec_", "v1,", "whpk_", "whsk_", "lin_wh_", "pdl_ntfset_", "wsec_", "polar_whs_", "secret_", "sha256="};

// A text that may be the secret's, and what about it differs from the one given ("" for that itself).
struct Text {
  std::string text;
  std::string words{};
  std::string remedy{};
};

void add(std::vector<Text>& all, std::string text, std::string words, std::string remedy) {
  if (text.empty() || std::ranges::find(all, text, &Text::text) != all.end()) return;
  all.push_back({std::move(text), std::move(words), std::move(remedy)});
}

std::vector<Text> texts_of(std::string_view given, const std::string& prefix) {
  std::vector<Text> all{{std::string(given)}};
  const std::string_view core = peeled(given);
  add(all, std::string(trim(given)), "without the blanks or line ends around it", "take them off where the secret is kept");
  add(all, std::string(core), "without the quotes and blanks around it", "take them off where the secret is kept");
  for (std::string_view known : kPrefixes) {
    if (core.starts_with(known)) add(all, std::string(core.substr(known.size())), "without its prefix '" + std::string(known) + "'", "");
  }
  if (const std::size_t end = core.rfind('_', 16); end != std::string_view::npos && end > 0)
    add(all, std::string(core.substr(end + 1)), "without its prefix", "");
  for (std::string_view known : {std::string_view(prefix), kPrefixes[0], kPrefixes[1]}) {
    if (!known.empty() && !core.starts_with(known))
      add(all, std::string(known) + std::string(core), "with the prefix '" + std::string(known) + "' before it", "give the secret whole, as the provider shows it");
  }
  for (std::string_view end : {"\n", "\r\n", " "})
    add(all, std::string(core) + std::string(end), end == " " ? "with a blank at its end" : "with a line end at its end", "the sender's copy of the secret ends in one: take it off there");
  for (std::string_view quote : {"\"", "'"})
    add(all, std::string(quote) + std::string(core) + std::string(quote), "with quotes around it", "the sender's copy of the secret has them: take them off there");
  return all;
}

std::string form_words(const Scheme& scheme, std::string_view title) {
  const KeyForm form = scheme.keys.empty() ? KeyForm{} : scheme.keys.front();
  const std::string who = title.empty() ? "this provider" : std::string(title);
  const std::string behind = form.strip_prefix.empty() ? "" : " behind '" + form.strip_prefix + "'";
  if (form.encoding == KeyEncoding::base64) return who + " decodes it from base64" + behind;
  if (form.encoding == KeyEncoding::hex) return who + " decodes it from hex" + behind;
  return who + " takes its text as it stands";
}

// Collects readings, each set of bytes once.
class Readings {
 public:
  Readings(const Scheme& way, std::string_view title, std::string_view secret_form) : way_(way), title_(title) {
    remedy_ = "make both sides turn the secret into key bytes in the same way";
    if (!secret_form.empty()) remedy_ += "; as the provider has it: " + std::string(secret_form.ends_with('.') ? secret_form.substr(0, secret_form.size() - 1) : secret_form);
  }

  void take_secret(const Secret& secret, std::size_t index, const std::string& prefix) {
    index_ = index;
    if (auto own = decode_secret(secret, in_effect(way_))) seen_ = *std::move(own);
    for (const Text& text : texts_of(secret.reveal(), prefix)) {
      if (auto own = decode_secret(Secret(text.text), in_effect(way_))) {
        for (std::string& bytes : *own) put(std::move(bytes), text, "");
      }
      put(text.text, text, "as text");
      if (auto bytes = from_base64_lenient(text.text)) put(*std::move(bytes), text, "decoded from base64");
      if (auto bytes = from_hex(text.text)) put(*std::move(bytes), text, "decoded from hex");
      if (!text.words.empty() && text.words != "without the quotes and blanks around it") continue;
      put(to_base64(text.text), text, "encoded as base64 once more");
      put(to_hex(text.text), text, "encoded as hex once more");
    }
  }

  void take_public_key(const std::string& given, const std::string& prefix) {
    const Scheme& scheme = in_effect(way_);
    if (auto own = read_public_key(scheme, Keys{.public_key = given})) ders_.push_back(own->der());
    for (const Text& text : texts_of(given, prefix)) {
      std::string with_lines;
      for (std::size_t at = 0; at < text.text.size(); ++at) {
        const bool is_mark = text.text.compare(at, 2, "\\n") == 0;
        with_lines += is_mark ? '\n' : text.text[at];
        at += is_mark ? 1 : 0;
      }
      put_public(text.text, text, "");
      put_public(with_lines, text, "with line ends for its '\\n'");
      if (auto bytes = from_base64_lenient(text.text)) put_public(*bytes, text, "decoded from base64");
      if (auto bytes = from_hex(text.text)) put_public(to_base64(*bytes), text, "decoded from hex");
    }
  }

  std::vector<KeyGuess> take() { return std::move(out_); }

 private:
  KeyGuess guess(const Text& text, std::string_view decoding) const {
    KeyGuess guess{"secret_form", {.scheme = in_effect(way_)}, "", text.remedy.empty() || !decoding.empty() ? remedy_ : text.remedy};
    if (way_.kind == Kind::code) guess.keys.code = find_canonicaliser(way_.code);
    const std::string how = text.words + (text.words.empty() || decoding.empty() ? "" : ", ") + std::string(decoding);
    guess.cause = "the signature is right when the given " + std::string(is_key_pair(in_effect(way_).kind) ? "key" : "secret") + " is taken " + how;
    if (!decoding.empty()) guess.cause += "; " + form_words(in_effect(way_), title_);
    return guess;
  }

  void put(std::string bytes, const Text& text, std::string_view decoding) {
    if (bytes.empty() || std::ranges::find(seen_, bytes) != seen_.end()) return;
    seen_.push_back(bytes);
    KeyGuess guess = this->guess(text, decoding);
    ReadyKey key{.secret_index = index_, .text = Secret(bytes), .bytes = bytes};
    if (guess.keys.scheme.kind == Kind::hmac) {
      auto mac = crypto::Mac::create(guess.keys.scheme.hash, bytes);
      if (!mac) return;
      key.mac = std::move(*mac);
    }
    guess.keys.keys.push_back(std::move(key));
    out_.push_back(std::move(guess));
  }

  void put_public(const std::string& text, const Text& origin, std::string_view decoding) {
    auto key = read_public_key(in_effect(way_), Keys{.public_key = text});
    if (!key || std::ranges::find(ders_, key->der()) != ders_.end()) return;
    ders_.push_back(key->der());
    KeyGuess guess = this->guess(origin, decoding);
    guess.keys.public_key = std::move(*key);
    out_.push_back(std::move(guess));
  }

  const Scheme& way_;
  std::string_view title_;
  std::string remedy_;
  std::size_t index_{0};
  std::vector<std::string> seen_{};
  std::vector<std::string> ders_{};
  std::vector<KeyGuess> out_{};
};

}  // namespace

std::string_view peeled(std::string_view text) {
  for (std::size_t before = 0; before != text.size();) {
    before = text.size();
    text = trim(text);
    for (std::string_view mark : {"\\n", "\\r"}) {
      if (text.ends_with(mark)) text.remove_suffix(mark.size());
    }
    if (text.size() >= 2 && text.front() == text.back() && std::string_view("\"'`").find(text.front()) != std::string_view::npos) text = text.substr(1, text.size() - 2);
  }
  return text;
}

std::string usual_prefix(const Scheme& scheme, std::string_view secret_form) {
  if (!scheme.keys.empty() && !scheme.keys.front().strip_prefix.empty()) return scheme.keys.front().strip_prefix;
  for (std::string_view word : split(secret_form, " ")) {
    while (!word.empty() && std::string_view("(,;:.)").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
    while (!word.empty() && word.front() == '(') word.remove_prefix(1);
    const bool is_word = std::ranges::all_of(word, [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    if (word.size() > 2 && word.ends_with('_') && is_word) return std::string(word);
  }
  return {};
}

std::vector<KeyGuess> other_readings(const Scheme& way, const Keys& keys, std::string_view title, std::string_view secret_form) {
  const Scheme& scheme = in_effect(way);
  Readings readings(way, title, secret_form);
  const std::string prefix = usual_prefix(scheme, secret_form);
  if (is_key_pair(scheme.kind)) {
    if (keys.public_key) readings.take_public_key(*keys.public_key, prefix);
    return readings.take();
  }
  for (std::size_t index = 0; index < keys.secrets.size(); ++index) {
    if (!scheme.secret_index || index == *scheme.secret_index) readings.take_secret(keys.secrets[index], index, prefix);
  }
  return readings.take();
}

std::vector<KeyGuess> other_secrets(const Scheme& way, const Keys& keys, std::span<const OtherSecret> others) {
  std::vector<KeyGuess> out;
  const auto add = [&](const Scheme& scheme, Keys one, const std::string& cause, const std::string& remedy) {
    if (auto prepared = prepare(scheme, one)) out.push_back({"other_secret_matches", std::move(*prepared), cause, remedy});
  };
  Scheme any = way;
  any.secret_index.reset();
  const auto index = in_effect(way).secret_index;
  for (std::size_t i = 0; index && i < keys.secrets.size(); ++i) {
    if (i == *index) continue;
    add(any, Keys{.secrets = {keys.secrets[i]}},
        "the signature was made with secret " + std::to_string(i + 1) + " of those given, and this one must be by secret " + std::to_string(*index + 1),
        "give the secrets in the other order");
  }
  for (const OtherSecret& other : others) {
    Keys one{.secrets = {other.secret}};
    if (is_key_pair(in_effect(way).kind)) one = {.secrets = keys.secrets, .public_key = std::string(other.secret.reveal())};
    add(any, std::move(one), "the signature was made with " + other.label, "verify with that secret, or make the sender use this one");
  }
  return out;
}

std::vector<KeyGuess> other_hashes(const Scheme& way, const Keys& keys) {
  std::vector<KeyGuess> out;
  const Kind kind = in_effect(way).kind;
  if (way.kind == Kind::code || (kind != Kind::hmac && kind != Kind::hash)) return out;
  for (const auto& [hash, name] : {std::pair{Hash::sha1, "SHA-1"}, {Hash::sha256, "SHA-256"}, {Hash::sha512, "SHA-512"}}) {
    if (hash == way.hash) continue;
    Scheme other = way;
    other.hash = hash;
    auto prepared = prepare(other, keys);
    if (!prepared) continue;
    out.push_back({"unsupported_scheme", std::move(*prepared), "the signature was made with " + std::string(name) + ", which is not the hash that is checked here",
                   "make the sender sign with the other hash, or verify with its other signature header where it sends one"});
  }
  return out;
}

}  // namespace hookctl::signing
