// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/password.h"

#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace huying::cli {

std::string ReadPassword(const Say& say, const char* variable, const std::string& prompt) {
  if (const char* password = std::getenv(variable)) return password;
  std::string line;
  if (isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, line);
    return line;
  }
  std::cerr << prompt << say("：", ": ") << std::flush;
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
  std::cerr << "\n";
  return line;
}

}  // namespace huying::cli
