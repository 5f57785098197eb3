// Writes every sample report in every format: sample_reports FOLDER. run.sh gives them to readers that others wrote.
#include <fstream>
#include <iostream>
#include <map>

#include "../unit/report_samples.hpp"
#include "report/writers.hpp"

int main(int argc, char** argv) {
  using namespace hookctl::report;
  if (argc != 2) {
    std::cerr << "usage: sample_reports FOLDER\n";
    return 2;
  }
  const std::map<std::string, Report> reports{{"empty", samples::empty()},
                                              {"clean", samples::clean()},
                                              {"failed", samples::failed()},
                                              {"fuzzed", samples::fuzzed()},
                                              {"hostile", samples::hostile()}};
  const std::map<Format, std::string> endings{{Format::json, "json"}, {Format::junit, "xml"},   {Format::sarif, "sarif"},
                                              {Format::tap, "tap"},   {Format::markdown, "md"}, {Format::github, "github"},
                                              {Format::text, "txt"}};
  for (const auto& [name, report] : reports) {
    for (const auto& [format, ending] : endings) {
      std::ofstream file(std::string(argv[1]) + "/" + name + "." + ending, std::ios::binary);
      file << write(report, format);
      file.close();
      if (!file) {
        std::cerr << "cannot write " << name << "." << ending << "\n";
        return 1;
      }
    }
  }
  return 0;
}
