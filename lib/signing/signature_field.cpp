// Signature fields in their three forms: one value, "t=1,v1=…" and "v1,… v1,…".
#include "signing/signature_field.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kLongestVersion = 8;

// A view into `text` even where nothing is left of it.
std::string_view trimmed(const Scheme& scheme, std::string_view text) {
  if (!scheme.trim) return text;
  const std::string_view rest = trim_blanks(text);
  return rest.empty() ? text.substr(0, 0) : rest;
}

// Calls see(key, value) for each entry around the first `eq`; entries without one are passed over.
template <typename See>
void each_entry(const Scheme& scheme, std::string_view value, std::string_view separator, std::string_view eq, See see) {
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t end = std::min(value.find(separator, start), value.size());
    const std::string_view entry = trimmed(scheme, value.substr(start, end - start));
    const std::size_t at = entry.find(eq);
    if (at != std::string_view::npos) see(trimmed(scheme, entry.substr(0, at)), trimmed(scheme, entry.substr(at + eq.size())));
    start = end + separator.size();
  }
}

// Is it a word that could name another version?
bool is_version(std::string_view word) {
  return !word.empty() && word.size() <= kLongestVersion && word.find_first_of(" \t") == std::string_view::npos;
}

// Is it "v1=…" or "sha1=…": a short word, '=' or ',', and more that is no base64 padding?
bool has_some_version(std::string_view value) {
  const std::size_t at = value.find_first_of("=,");
  return at != std::string_view::npos && is_version(value.substr(0, at)) && at + 1 < value.size() && value[at + 1] != '=';
}

void take(const Scheme& scheme, std::string_view value, SignatureField& field) {
  if (!value.starts_with(scheme.signature.prefix)) {
    field.other_versions = field.other_versions || has_some_version(value);
    return;
  }
  field.candidates.push_back(value.substr(scheme.signature.prefix.size()));
}

std::string encoded(const SignatureForm& form, std::string_view bytes) { return form.prefix + encode_signature(form, bytes); }

}  // namespace

SignatureField read_signature_field(const Scheme& scheme, std::string_view value) {
  SignatureField field;
  const SignatureForm& form = scheme.signature;
  if (form.kv) {
    each_entry(scheme, value, form.kv->sep, form.kv->eq, [&](std::string_view key, std::string_view signature) {
      const bool is_timestamp = scheme.timestamp && scheme.timestamp->from == Source{Place::kv, std::string(key)};
      if (key == form.kv->key) {
        take(scheme, signature, field);
      } else if (!is_timestamp && is_version(key) && !signature.empty()) {
        field.other_versions = true;
      }
    });
  } else if (form.list) {
    each_entry(scheme, value, form.list->sep, form.list->scheme_sep, [&](std::string_view version, std::string_view signature) {
      if (version == form.list->scheme) {
        take(scheme, signature, field);
      } else if (is_version(version) && !signature.empty()) {
        field.other_versions = true;
      }
    });
  } else {
    take(scheme, trimmed(scheme, value), field);
  }
  return field;
}

std::optional<std::string_view> field_entry(const Scheme& scheme, std::string_view value, std::string_view key) {
  std::optional<std::string_view> found;
  if (!scheme.signature.kv) return found;
  each_entry(scheme, value, scheme.signature.kv->sep, scheme.signature.kv->eq, [&](std::string_view name, std::string_view entry) {
    if (name == key) found = entry;
  });
  return found;
}

std::optional<std::string> decode_signature(const SignatureForm& form, std::string_view text) {
  if (text.empty()) return std::nullopt;
  switch (form.encoding) {
    case Encoding::plain:
      return std::string(text);
    case Encoding::hex:
      return from_hex(text, form.any_case ? HexCase::any : HexCase::lower_only);
    case Encoding::base64:
      return from_base64(text);
    case Encoding::base64url:
      return from_base64url(text);
  }
  return std::nullopt;
}

std::string encode_signature(const SignatureForm& form, std::string_view bytes) {
  switch (form.encoding) {
    case Encoding::plain:
      return std::string(bytes);
    case Encoding::hex:
      return to_hex(bytes);
    case Encoding::base64:
      return to_base64(bytes);
    case Encoding::base64url:
      return to_base64url(bytes);
  }
  return {};
}

std::string write_signature_field(const Scheme& scheme, const std::vector<std::string>& all, std::string_view timestamp) {
  const SignatureForm& form = scheme.signature;
  const std::span<const std::string> signatures(all.data(), form.single ? 1 : all.size());
  std::string out;
  if (form.kv) {
    const std::string sep = form.kv->sep + (scheme.trim ? " " : "");
    if (scheme.timestamp && scheme.timestamp->from.place == Place::kv)
      out = scheme.timestamp->from.name + form.kv->eq + std::string(timestamp) + sep;
    for (const std::string& signature : signatures) out += form.kv->key + form.kv->eq + encoded(form, signature) + sep;
    out.resize(out.size() - sep.size());
  } else if (form.list) {
    for (const std::string& signature : signatures)
      out += form.list->scheme + form.list->scheme_sep + encoded(form, signature) + form.list->sep;
    out.resize(out.size() - form.list->sep.size());
  } else {
    out = encoded(form, signatures.front());
  }
  return out;
}

}  // namespace hookctl::signing
