// Fills a scheme's template with the parts of one request.
#include "signing/content.hpp"

#include "base/json_path.hpp"
#include "crypto/digest.hpp"
#include "signing/form.hpp"

namespace hookctl::signing {

const Piece* Content::build(const Scheme& scheme, const Material& material) {
  pieces_.clear();
  made_.clear();
  for (const Piece& piece : scheme.signed_content) {
    switch (piece.part) {
      case Part::text:
        pieces_.push_back(piece.text);
        break;
      case Part::body:
        pieces_.push_back(material.request.body);
        break;
      case Part::body_crc32:
        pieces_.push_back(made_.emplace_back(std::to_string(crypto::crc32(material.request.body))));
        break;
      case Part::timestamp:
        pieces_.push_back(material.timestamp);
        break;
      case Part::id:
        pieces_.push_back(material.id);
        break;
      case Part::secret:
        pieces_.push_back(material.secret);
        break;
      case Part::method:
        pieces_.push_back(material.request.method);
        break;
      case Part::url:
        pieces_.push_back(material.url);
        break;
      case Part::form_sorted_kv:
        pieces_.push_back(made_.emplace_back(sorted_form(material.request.body)));
        break;
      case Part::json: {
        auto text = json_text_at(material.document, piece.text);
        if (!text) return &piece;
        pieces_.push_back(made_.emplace_back(std::move(*text)));
        break;
      }
      case Part::header: {
        const auto value = material.request.headers.find(piece.text);
        if (!value) return &piece;
        pieces_.push_back(*value);
        break;
      }
    }
  }
  return nullptr;
}

void Content::set(std::string bytes) {
  pieces_.clear();
  made_.clear();
  pieces_.push_back(made_.emplace_back(std::move(bytes)));
}

std::string Content::joined() const {
  std::string out;
  for (std::string_view piece : pieces_) out += piece;
  return out;
}

}  // namespace hookctl::signing
