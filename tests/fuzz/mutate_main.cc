// SPDX-License-Identifier: Apache-2.0
//
// Runs a fuzz target without libFuzzer: every seed, then mutations of them from a fixed seed.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

std::vector<std::string> ReadSeeds(const std::string& folder) {
  std::vector<std::string> seeds = {""};
  if (!std::filesystem::exists(folder)) return seeds;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(item.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

std::string Mutate(std::string text, const std::vector<std::string>& seeds, std::mt19937& random) {
  const int edits = 1 + static_cast<int>(random() % 8);
  for (int i = 0; i < edits; ++i) {
    const size_t at = text.empty() ? 0 : random() % text.size();
    switch (random() % 5) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(random());
        break;
      case 1:
        text.insert(at, 1, static_cast<char>(random()));
        break;
      case 2:
        if (!text.empty()) text.erase(at, 1 + random() % 16);
        break;
      case 3:
        text.insert(at, text.substr(at, random() % 64));
        break;
      default: {
        const std::string& other = seeds[random() % seeds.size()];
        if (!other.empty()) text.insert(at, other.substr(random() % other.size(), random() % 64));
      }
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " SEED_FOLDER RUNS\n";
    return 2;
  }
  const std::vector<std::string> seeds = ReadSeeds(argv[1]);
  const int runs = std::atoi(argv[2]);
  std::mt19937 random(20091121);
  for (const std::string& seed : seeds) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(seed.data()), seed.size());
  }
  for (int i = 0; i < runs; ++i) {
    const std::string text = Mutate(seeds[random() % seeds.size()], seeds, random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  }
  std::cout << seeds.size() << " seeds, " << runs << " mutations\n";
  return 0;
}
