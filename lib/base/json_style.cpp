#include "base/json_style.hpp"

#include <algorithm>
#include <array>

#include "base/json_scan.hpp"

namespace hookctl {

namespace {

constexpr std::string_view kSpecial = "\"\\/<>&'`+=";  // written in more than one way by somebody

// Is the inside of a string the same in every spelling?
bool is_plain(std::string_view inside) {
  return std::ranges::all_of(inside, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && kSpecial.find(c) == std::string_view::npos;
  });
}

std::string decoded(std::string_view inside) {
  std::string out;
  char buffer[4];
  for (std::size_t at = 0; at < inside.size();) out += decode_json_piece(inside, at, buffer);
  return out;
}

// The code point at `at` of UTF-8, and its length; 0 bytes when it is none.
std::pair<std::uint32_t, std::size_t> code_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || at + length > text.size()) return {0, 0};
  std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80) return {0, 0};
    code = code << 6 | (byte(at + i) & 0x3fU);
  }
  return {code, length};
}

void put_unit(std::uint32_t unit, bool upper, std::string& out) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xfU];
}

void put_code(std::uint32_t code, bool upper, std::string& out) {
  if (code < 0x10000) return put_unit(code, upper, out);
  put_unit(0xd800 + ((code - 0x10000) >> 10), upper, out);
  put_unit(0xdc00 + ((code - 0x10000) & 0x3ffU), upper, out);
}

void put_ascii(char c, const JsonSpelling& spelling, std::string& out) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  const auto code = static_cast<unsigned char>(c);
  const bool as_unicode = (c == '"' && spelling.quote) || spelling.as_unicode.find(c) != std::string_view::npos;
  const std::size_t known = kShort.find(c);
  if (as_unicode || (code < 0x20 && known == std::string_view::npos)) {
    put_unit(code, spelling.upper, out);
  } else if (known != std::string_view::npos) {
    out.append(1, '\\').append(1, kLetters[known]);
  } else {
    if (c == '/' && spelling.slash) out += '\\';
    out += c;
  }
}

void put_string(std::string_view inside, bool plain, const JsonSpelling& spelling, std::string& out) {
  out += '"';
  if (plain || spelling.kept) {
    out += inside;
  } else {
    const std::string text = decoded(inside);
    for (std::size_t at = 0; at < text.size();) {
      if (static_cast<unsigned char>(text[at]) < 0x80) {
        put_ascii(text[at++], spelling, out);
        continue;
      }
      const auto [code, length] = code_at(text, at);
      const bool escape = length > 0 && (spelling.ascii || (spelling.separators && (code == 0x2028 || code == 0x2029)));
      if (escape) put_code(code, spelling.upper, out);
      else out.append(text, at, std::max<std::size_t>(length, 1));
      at += std::max<std::size_t>(length, 1);
    }
  }
  out += '"';
}

// A decimal fraction without its trailing zeros; anything else as it is.
std::string_view shortened(std::string_view number) {
  if (number.find('.') == std::string_view::npos || number.find_first_of("eE") != std::string_view::npos) return number;
  number = number.substr(0, number.find_last_not_of('0') + 1);
  if (number.ends_with('.')) number.remove_suffix(1);
  return number;
}

}  // namespace

// Writes one tree in one style.
class JsonStyleWriter {
 public:
  JsonStyleWriter(const JsonTree& tree, const JsonStyle& style, const JsonTree* sample) : tree_(tree), style_(style), sample_(sample) {}

  std::string write() {
    put(0, sample_ != nullptr ? 0 : JsonTree::kNone, 0);
    return std::move(out_);
  }

 private:
  using Index = JsonTree::Index;
  using Node = JsonTree::Node;

  const Node& node(Index at) const { return tree_.nodes_[at]; }

  void put_line(std::size_t depth) {
    if (style_.layout.indent.empty()) return;
    out_ += style_.layout.newline;
    for (std::size_t i = 0; i < depth; ++i) out_ += style_.layout.indent;
  }

  void put(Index at, Index sample, std::size_t depth) {
    const Node& here = node(at);
    if (here.opener == '"') return put_string(here.text, here.plain_text, style_.spelling, out_);
    if (here.opener == 0) {
      out_ += style_.short_numbers ? shortened(here.text) : here.text;
      return;
    }
    const char closer = here.opener == '{' ? '}' : ']';
    out_ += here.opener;
    const std::vector<Index> members = ordered(at, sample);
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out_ += style_.layout.comma;
      put_line(depth + 1);
      const Node& member = node(members[i]);
      if (here.opener == '{') {
        put_string(member.key, member.plain_key, style_.spelling, out_);
        out_ += style_.layout.colon;
      }
      put(members[i], sample_of(members[i], i, here.opener, sample), depth + 1);
    }
    if (!members.empty()) put_line(depth);
    else if (style_.layout.blank_in_empty) out_ += ' ';
    out_ += closer;
  }

  std::vector<Index> ordered(Index at, Index sample) const {
    std::vector<Index> members = tree_.children(at);
    if (node(at).opener != '{' || style_.order == KeyOrder::kept) return members;
    if (style_.order == KeyOrder::sorted) {
      std::ranges::stable_sort(members, {}, [&](Index member) { return decoded(node(member).key); });
    } else if (sample != JsonTree::kNone) {
      const std::vector<Index> others = sample_->children(sample);
      std::ranges::stable_sort(members, {}, [&](Index member) { return place_in(others, node(member).key); });
    }
    return members;
  }

  std::size_t place_in(const std::vector<Index>& others, std::string_view key) const {
    const auto same = [&](Index other) { return sample_->nodes_[other].key == key; };
    return static_cast<std::size_t>(std::ranges::find_if(others, same) - others.begin());
  }

  // The sample's counterpart of a member, the one of its name or at its position.
  Index sample_of(Index member, std::size_t position, char opener, Index sample) const {
    if (sample == JsonTree::kNone || sample_->nodes_[sample].opener != opener) return JsonTree::kNone;
    if (opener == '[') {
      const std::vector<Index> items = sample_->children(sample);
      return items.empty() ? JsonTree::kNone : items[std::min(position, items.size() - 1)];
    }
    for (Index other = sample_->nodes_[sample].first; other != JsonTree::kNone; other = sample_->nodes_[other].next) {
      if (sample_->nodes_[other].key == node(member).key) return other;
    }
    return JsonTree::kNone;
  }

  const JsonTree& tree_;
  const JsonStyle& style_;
  const JsonTree* sample_;
  std::string out_;
};

std::optional<JsonTree> JsonTree::read(std::string_view text) {
  JsonTree tree;
  tree.nodes_.emplace_back();
  JsonScanner scanner(text);
  if (text.size() >= kNone || !tree.read_value(scanner, text, 0)) return std::nullopt;
  scanner.skip_space();
  if (scanner.at() != text.size()) return std::nullopt;
  return tree;
}

bool JsonTree::read_value(JsonScanner& scanner, std::string_view text, Index at) {
  scanner.skip_space();
  const std::size_t start = scanner.at();
  const char first = scanner.peek();
  if (first != '{' && first != '[') {
    if (!scanner.skip_value()) return false;
    Node& node = nodes_[at];
    node.text = text.substr(start, scanner.at() - start);
    if (first == '"') {
      node.opener = '"';
      node.text = node.text.substr(1, node.text.size() - 2);
      node.plain_text = is_plain(node.text);
    } else {
      long_numbers_ = long_numbers_ || shortened(node.text).size() < node.text.size();
    }
    return true;
  }
  nodes_[at].opener = first;
  Index last = kNone;
  return scanner.members([&](const JsonMember& member) {
    const auto child = static_cast<Index>(nodes_.size());
    Node& node = nodes_.emplace_back();
    if (member.has_key) node.key = text.substr(member.begin + 1, member.key_end - member.begin - 2);
    node.plain_key = is_plain(node.key);
    (last == kNone ? nodes_[at].first : nodes_[last].next) = child;
    last = child;
    return read_value(scanner, text, child);
  });
}

std::vector<JsonTree::Index> JsonTree::children(Index at) const {
  std::vector<Index> out;
  for (Index child = nodes_[at].first; child != kNone; child = nodes_[child].next) out.push_back(child);
  return out;
}

std::string JsonTree::write(const JsonStyle& style, const JsonTree* sample) const { return JsonStyleWriter(*this, style, sample).write(); }

bool JsonTree::is_sorted() const {
  constexpr double kHardlyChance = 100;
  double orders = 1;  // in which the keys could have stood
  for (const Node& object : nodes_) {
    if (object.opener != '{' || object.first == kNone) continue;
    double keys = 1;
    for (Index left = object.first; nodes_[left].next != kNone; left = nodes_[left].next) {
      if (decoded(nodes_[nodes_[left].next].key) < decoded(nodes_[left].key)) return false;
      keys += 1;
      orders = std::min(orders * keys, kHardlyChance);
    }
  }
  return orders >= kHardlyChance;
}

std::vector<std::string_view> JsonTree::root_keys() const {
  Index object = 0;
  if (nodes_[object].opener == '[') object = nodes_[object].first;
  std::vector<std::string_view> keys;
  if (object == kNone || nodes_[object].opener != '{') return keys;
  for (Index member : children(object)) keys.push_back(nodes_[member].key);
  return keys;
}

std::optional<std::string> JsonTree::string_value() const {
  if (nodes_.front().opener != '"') return std::nullopt;
  return decoded(nodes_.front().text);
}

std::optional<std::string> missing_json_end(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || (text[start] != '{' && text[start] != '[')) return std::nullopt;
  std::string open;  // closers, the innermost last
  bool in_string = false;
  for (std::size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      else if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    else if (c == '{' || c == '[') open += c == '{' ? '}' : ']';
    else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != c) return std::nullopt;
      open.pop_back();
      if (open.empty()) return std::nullopt;  // whole, whatever follows
    }
  }
  std::ranges::reverse(open);
  return (in_string ? "\"" : "") + open;
}

}  // namespace hookctl
