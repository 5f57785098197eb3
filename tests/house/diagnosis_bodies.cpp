// Bodies changed between signing and verifying. The texts are written by another JSON library than the one that is tested.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "diagnosis_corpus.hpp"

namespace hookctl::house {

namespace {

using Edit = std::function<std::string(const std::string&)>;

std::string same(const std::string& text) { return text; }

std::string rewritten(const std::string& text, int indent, char fill, bool ascii) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  return json.is_discarded() ? text : json.dump(indent, fill, ascii, nlohmann::ordered_json::error_handler_t::replace);
}
std::string compact(const std::string& text) { return rewritten(text, -1, ' ', false); }
std::string ascii(const std::string& text) { return rewritten(text, -1, ' ', true); }
std::string pretty(const std::string& text) { return rewritten(text, 2, ' ', false); }
std::string pretty4(const std::string& text) { return rewritten(text, 4, ' ', false); }
std::string tabs(const std::string& text) { return rewritten(text, 1, '\t', false); }
std::string sorted(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_discarded() ? text : json.dump();
}

// Calls see(c) for each letter with whether it is inside a string.
std::string edited(const std::string& text, const std::function<std::string(char, bool)>& letter) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\' && i + 1 < text.size()) {
      out.append(text, i++, 2);
      continue;
    }
    if (text[i] == '"') inside = !inside;
    out += letter(text[i], inside);
  }
  return out;
}
std::string python(const std::string& text) {
  return edited(ascii(text), [](char c, bool inside) { return !inside && (c == ',' || c == ':') ? std::string(1, c) + " " : std::string(1, c); });
}
std::string php(const std::string& text) {
  return edited(ascii(text), [](char c, bool inside) { return inside && c == '/' ? std::string("\\/") : std::string(1, c); });
}
std::string go(const std::string& text) {
  return edited(compact(text), [](char c, bool inside) {
    return inside && c == '<' ? std::string("\\u003c") : inside && c == '>' ? std::string("\\u003e") : inside && c == '&' ? std::string("\\u0026") : std::string(1, c);
  });
}
std::string crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}
std::string without(const std::string& text, std::string_view letters) {
  std::string out = text;
  std::erase_if(out, [&](char c) { return letters.find(c) != std::string_view::npos; });
  return out;
}
std::string latin1_as_utf8(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) out += c;
    else out.append(1, static_cast<char>(0xc0 | byte >> 6)).append(1, static_cast<char>(0x80 | (byte & 0x3f)));
  }
  return out;
}
std::string utf8_as_latin1(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 == text.size()) out += text[i];
    else out += static_cast<char>((byte & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f));
  }
  return out;
}
std::string utf16(const std::string& text) {  // of ASCII
  std::string out;
  for (const char c : text) out.append(1, c).append(1, '\0');
  return out;
}

class Breaker {
 public:
  explicit Breaker(const Subject& subject) : subject_(subject) {}

  // Signed over `before` of the body, received as `after` of what was signed.
  Broken* changed(std::string code, std::string how, const Edit& before, const Edit& after) {
    Subject other = subject_;
    other.request.body = before(subject_.request.body);
    auto made = sign_as(other, other.provider->scheme, other.keys);
    if (!made) return nullptr;
    std::string received = after(made->request.body);
    if (received == made->request.body || received.empty()) return nullptr;
    if (without(received, "\r\n") == without(made->request.body, "\r\n")) code = "body_newline";  // whatever it was meant to be
    made->request.body = std::move(received);
    out_.push_back({std::move(how), {std::move(code)}, std::move(made->request), subject_.keys, made->url});
    return &out_.back();
  }

  std::vector<Broken> take() { return std::move(out_); }

 private:
  const Subject& subject_;
  std::vector<Broken> out_;
};

void break_json(const std::string& odd, Breaker& broken) {
  const std::string code = "body_reserialized";
  for (const auto& [name, edit] : std::vector<std::pair<std::string, Edit>>{
           {"two blanks", pretty}, {"four blanks", pretty4}, {"tabs", tabs}, {"Python", python}, {"PHP", php}, {"compact", compact}, {"escaped unicode", ascii}, {"Go", go}}) {
    broken.changed(code, "written again with " + name, same, edit);
    broken.changed(code, "signed with " + name + ", received compact", edit, compact);
  }
  const auto with_odd = [&](const std::string& text) { return json_set(text, "zz_note", odd).value_or(text); };
  const auto php_odd = [&](const std::string& text) { return php(with_odd(text)); };
  broken.changed(code, "unicode escaped after signing", with_odd, ascii);
  broken.changed(code, "PHP signed, JavaScript received", php_odd, compact);
  broken.changed(code, "PHP signed, Python received", php_odd, python);
  broken.changed(code, "Go signed, two blanks received", [&](const std::string& text) { return go(with_odd(text)); }, pretty);
  broken.changed(code, "pretty with a last line end", same, [](const std::string& text) { return pretty(text) + "\n"; });
  broken.changed(code, "sorted keys", same, sorted);
  if (Broken* lost = broken.changed(code, "sorted keys, order not known", same, sorted)) lost->own_sample = false;
  broken.changed("body_newline", "line ends left out", pretty, [](const std::string& text) { return without(text, "\r\n"); });
  broken.changed("body_newline", "CRLF for LF", pretty, crlf);
  broken.changed("body_newline", "LF for CRLF", [](const std::string& text) { return crlf(pretty(text)); }, [](const std::string& text) { return without(text, "\r"); });
  broken.changed("body_encoding", "encoded as UTF-8 twice", with_odd, latin1_as_utf8);
  broken.changed("body_encoding", "as Latin-1", with_odd, utf8_as_latin1);
  broken.changed("body_encoding", "Latin-1 signed", [&](const std::string& text) { return utf8_as_latin1(with_odd(text)); }, latin1_as_utf8);
  broken.changed("body_encoding", "UTF-16", ascii, utf16);
  broken.changed("body_truncated", "half of it", same, [](const std::string& text) { return text.substr(0, text.size() / 2); });
  broken.changed("body_truncated", "the last byte cut off", compact, [](const std::string& text) { return text.substr(0, text.size() - 1); });
  broken.changed("body_truncated", "ten bytes cut off", compact, [](const std::string& text) { return text.substr(0, text.size() - std::min<std::size_t>(10, text.size())); });
  if (Broken* form = broken.changed("body_encoding", "payload of a form", [](const std::string& text) { return "payload=" + percent_encode(text); },
                                    [](const std::string& text) { return percent_decode(text.substr(8), true); }))
    form->request.headers.set("Content-Type", "application/x-www-form-urlencoded");
}

}  // namespace

std::vector<Broken> break_bodies(const Subject& subject) {
  Breaker broken(subject);
  const std::string& body = subject.request.body;
  const bool is_json = nlohmann::json::accept(body);
  if (is_json) break_json("\"Zo\xC3\xAB <b>M\xC3\xBCller</b> & S\xC3\xB6hne a/b\"", broken);
  broken.changed("body_newline", "a line end added", [](const std::string& text) { return std::string(trim(text)); }, [](const std::string& text) { return text + "\n"; });
  broken.changed("body_newline", "a CRLF added", same, [](const std::string& text) { return text + "\r\n"; });
  broken.changed("body_newline", "the last line end cut off", [](const std::string& text) { return text + "\n"; }, [](const std::string& text) { return text.substr(0, text.size() - 1); });
  broken.changed("body_encoding", "a byte order mark added", same, [](const std::string& text) { return "\xEF\xBB\xBF" + text; });
  broken.changed("body_encoding", "a byte order mark cut off", [](const std::string& text) { return "\xEF\xBB\xBF" + text; }, [](const std::string& text) { return text.substr(3); });
  broken.changed("body_encoding", "in base64", same, [](const std::string& text) { return to_base64(text); });
  const bool is_form = subject.request.headers.find("Content-Type").value_or("").starts_with("application/x-www-form-urlencoded");
  if (is_form) broken.changed("body_encoding", "the form decoded", same, [](const std::string& text) { return percent_decode(text, true); });
  if (Broken* zipped = broken.changed("body_encoding", "decompressed", [](const std::string& text) { return "\x1f\x8b\x08" + text; }, [](const std::string& text) { return text.substr(3); }))
    zipped->request.headers.set("Content-Encoding", "gzip");
  broken.changed("body_encoding", "compressed", same, [](const std::string& text) { return "\x1f\x8b\x08" + text; });
  const std::size_t length = body.size();
  if (Broken* cut = broken.changed("body_truncated", "shorter than its Content-Length", same, [](const std::string& text) { return text.substr(0, text.size() / 3); }))
    cut->request.headers.set("Content-Length", std::to_string(length));
  return broken.take();
}

}  // namespace hookctl::house
