// Key pairs by OpenSSL's EVP_PKEY. One-shot signing and verifying, because Ed25519 knows no other.
#include "crypto/asymmetric.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <climits>
#include <utility>

namespace hookctl::crypto {

namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kEd25519Size = 32;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Key owned(EVP_PKEY* key) { return key == nullptr ? Key{} : Key(key, &EVP_PKEY_free); }

std::string_view name_of(KeyType type) {
  switch (type) {
    case KeyType::ed25519:
      return "Ed25519";
    case KeyType::p256:
      return "ECDSA P-256";
    case KeyType::rsa:
      return "RSA";
  }
  return "";
}

bool is_of_type(const EVP_PKEY* key, KeyType type) {
  if (type == KeyType::ed25519) return EVP_PKEY_is_a(key, "ED25519") == 1;
  if (type == KeyType::rsa) return EVP_PKEY_is_a(key, "RSA") == 1;
  char group[32] = "";
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         (std::string_view(group) == "prime256v1" || std::string_view(group) == "P-256");
}

bool is_pem(std::string_view bytes) { return bytes.find("-----BEGIN ") != std::string_view::npos; }

Bio reader(std::string_view bytes) { return {BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), &BIO_free}; }

// Without this OpenSSL would ask the terminal for a pass phrase.
int no_password(char*, int, int, void*) { return -1; }

Key public_from_pem(std::string_view text) {
  const Bio bio = reader(text);
  if (!bio) return {};
  if (text.find("-----BEGIN CERTIFICATE") == std::string_view::npos)
    return owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr), &X509_free);
  return certificate ? owned(X509_get_pubkey(certificate.get())) : Key{};
}

Key public_from_bytes(KeyType type, std::string_view bytes) {
  if (type == KeyType::ed25519 && bytes.size() == kEd25519Size)
    return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
  const unsigned char* at = bytes_of(bytes);
  Key key = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())));
  return at == bytes_of(bytes) + bytes.size() ? key : Key{};
}

Key private_from_bytes(KeyType type, std::string_view bytes) {
  if (type == KeyType::ed25519 && (bytes.size() == kEd25519Size || bytes.size() == 2 * kEd25519Size))
    return owned(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), kEd25519Size));
  const unsigned char* at = bytes_of(bytes);
  return owned(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(bytes.size())));
}

// The error of a key that could not be read, or that is another key than wanted. Never holds a byte of it.
Error refusal(std::string_view which, KeyType type, bool readable) {
  const std::string wanted = std::string(name_of(type)) + " " + std::string(which) + " key";
  if (readable) return usage_error("the " + std::string(which) + " key is not an " + std::string(name_of(type)) + " key");
  const bool raw = type == KeyType::ed25519;
  const std::string form = which == "public"
                               ? (raw ? "32 bytes, PEM (\"BEGIN PUBLIC KEY\") or DER" : "PEM (\"BEGIN PUBLIC KEY\", certificate) or DER")
                               : (raw ? "a 32-byte seed or unencrypted PEM" : "unencrypted PEM (\"BEGIN PRIVATE KEY\") or DER");
  return usage_error("not an " + wanted, "expected " + form);
}

template <typename Write>
std::string written(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  if (!bio || write(bio.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

const EVP_MD* digest_for(KeyType type, Hash hash) {
  if (type == KeyType::ed25519) return nullptr;  // it has its own
  switch (hash) {
    case Hash::sha1:
      return EVP_sha1();
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

Result<PublicKey> PublicKey::read(KeyType type, std::string_view bytes) {
  if (bytes.size() > INT_MAX) return refusal("public", type, false);
  Key key = is_pem(bytes) ? public_from_pem(bytes) : public_from_bytes(type, bytes);
  ERR_clear_error();  // a refused key leaves its reasons in this thread's queue
  if (!key || !is_of_type(key.get(), type)) return refusal("public", type, key != nullptr);
  return PublicKey(type, std::move(key));
}

bool PublicKey::verify(Hash hash, std::string_view message, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const bool good = context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, digest_for(type_, hash), nullptr, key_.get()) == 1 &&
                    EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

std::string PublicKey::pem() const {
  return written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key_.get()); });
}

std::string PublicKey::der() const {
  return written([&](BIO* bio) { return i2d_PUBKEY_bio(bio, key_.get()); });
}

std::string PublicKey::raw() const {
  if (type_ != KeyType::ed25519) return {};
  std::string out(kEd25519Size, '\0');
  std::size_t size = out.size();
  const bool good = EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
  return good && size == out.size() ? out : std::string{};
}

Result<PrivateKey> PrivateKey::read(KeyType type, std::string_view bytes) {
  if (bytes.size() > INT_MAX) return refusal("private", type, false);
  Key key;
  if (is_pem(bytes)) {
    const Bio bio = reader(bytes);
    if (bio) key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  } else {
    key = private_from_bytes(type, bytes);
  }
  ERR_clear_error();
  if (!key || !is_of_type(key.get(), type)) return refusal("private", type, key != nullptr);
  return PrivateKey(type, std::move(key));
}

Result<PrivateKey> PrivateKey::generate(KeyType type) {
  Key key;
  if (type == KeyType::ed25519) key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (type == KeyType::p256) key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (type == KeyType::rsa) key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  ERR_clear_error();
  if (!key) return bug_error("OpenSSL made no " + std::string(name_of(type)) + " key");
  return PrivateKey(type, std::move(key));
}

Result<std::string> PrivateKey::sign(Hash hash, std::string_view message) const {
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = out.size();
  const bool good =
      context != nullptr && EVP_DigestSignInit(context.get(), nullptr, digest_for(type_, hash), nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  if (!good) return bug_error("OpenSSL could not sign with the " + std::string(name_of(type_)) + " key");
  out.resize(size);
  return out;
}

std::string PrivateKey::pem() const {
  return written([&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace hookctl::crypto
