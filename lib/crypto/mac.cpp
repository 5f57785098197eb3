// HMAC by OpenSSL's EVP_MAC. Starting again with the key already in the context costs a third of keying anew.
#include "crypto/mac.hpp"

#include <openssl/evp.h>
#include <openssl/params.h>

namespace hookctl::crypto {

namespace {

// Fetching an algorithm takes a lock and a search; once is enough for the life of the program.
EVP_MAC* hmac() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return algorithm;
}

const char* name_of(Hash hash) {
  switch (hash) {
    case Hash::sha1:
      return "SHA1";
    case Hash::sha256:
      return "SHA256";
    case Hash::sha512:
      return "SHA512";
  }
  return "SHA256";
}

}  // namespace

void Mac::Free::operator()(evp_mac_ctx_st* context) const noexcept { EVP_MAC_CTX_free(context); }

Mac::Mac(Mac&&) noexcept = default;
Mac& Mac::operator=(Mac&&) noexcept = default;
Mac::~Mac() = default;

Result<Mac> Mac::create(Hash hash, std::string_view key) {
  if (hmac() == nullptr) return bug_error("OpenSSL has no HMAC");
  Mac mac(EVP_MAC_CTX_new(hmac()));
  if (!mac.context_) return bug_error("OpenSSL made no HMAC context");
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", const_cast<char*>(name_of(hash)), 0), OSSL_PARAM_construct_end()};
  // A null pointer would mean "the key from before"; an empty key must be a pointer to nothing.
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
  if (EVP_MAC_init(mac.context_.get(), bytes, key.size(), parameters) != 1) return bug_error("OpenSSL refused an HMAC key");
  return mac;
}

void Mac::add(std::string_view bytes) {
  if (bytes.empty()) return;
  if (EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1) failed_ = true;
}

std::string Mac::finish() {
  unsigned char tag[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  const bool good = !failed_ && EVP_MAC_final(context_.get(), tag, &size, sizeof tag) == 1;
  failed_ = EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1;
  return good ? std::string(reinterpret_cast<const char*>(tag), size) : std::string{};
}

std::string Mac::of(std::span<const std::string_view> pieces) {
  for (std::string_view piece : pieces) add(piece);
  return finish();
}

}  // namespace hookctl::crypto
