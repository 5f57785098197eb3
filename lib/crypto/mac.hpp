// HMAC (RFC 2104), keyed once and used for any number of messages.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/digest.hpp"

struct evp_mac_ctx_st;  // OpenSSL's; its headers stay in the .cpp files

namespace hookctl::crypto {

// One Mac belongs to one thread at a time; movable. Keying is the dear part: keep the Mac, not the key.
class Mac {
 public:
  // The key may be empty and may hold any bytes. `bug` when OpenSSL refuses (no memory, no HMAC provider).
  static Result<Mac> create(Hash hash, std::string_view key);

  Mac(Mac&&) noexcept;
  Mac& operator=(Mac&&) noexcept;
  ~Mac();

  void add(std::string_view bytes);
  // The tag over everything added since the last finish, as raw bytes; the Mac is then ready for the next message. Empty when OpenSSL
  // failed on the way, which equals no signature.
  std::string finish();
  // add() for each piece, then finish().
  std::string of(std::span<const std::string_view> pieces);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  explicit Mac(evp_mac_ctx_st* context) : context_(context) {}

  std::unique_ptr<evp_mac_ctx_st, Free> context_;
  bool failed_{false};
};

}  // namespace hookctl::crypto
