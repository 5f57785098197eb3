// The signed content of a request: its pieces one after the other, as views where that is possible, so that no body is copied.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// What content is made from. Views: the owner outlives the content.
struct Material {
  const http::Request& request;
  std::string_view document;  // see document_of()
  std::string_view timestamp;
  std::string_view id;
  std::string_view secret;
  std::string_view url;
};

// Reusable: build() starts afresh and keeps the memory.
class Content {
 public:
  // Makes the pieces of `scheme.signed_content`. Null, or the piece whose place (json, header) the request does not have.
  const Piece* build(const Scheme& scheme, const Material& material);
  // The content is these bytes.
  void set(std::string bytes);

  const std::vector<std::string_view>& pieces() const noexcept { return pieces_; }
  std::string joined() const;

 private:
  std::vector<std::string_view> pieces_;
  std::list<std::string> made_;  // bytes that stand nowhere in the request
};

}  // namespace hookctl::signing
