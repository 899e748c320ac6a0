// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/cli/say.h"
#include "google/protobuf/message.h"

// Words on a command line to fields of a request, and fields of an answer to words on the screen.
//
//   RETURN_IF_ERROR(cli::SetField(&request, "figures.missing", "139"));
//   std::string when = cli::FieldText(say, incident, "received_at");   // 2009-11-21 02:30:00
namespace huying::cli {

// `path` is dotted; a repeated field gets one more element (`name[]`: its last one is meant). Understands numbers, true/false, enum
// values in any case, times ("2009-11-21 02:30", Beijing, or RFC 3339), durations ("90s", "30m", "2h",
// "7d"), and for messages JSON or, where people type them, a short form:
//   legal basis   law:突发事件应对法:第七十二条[:2024-06-28]
//   receiver      鹤岗市政府总值班室[:external]
//   fact          missing=139
// INVALID_ARGUMENT says what was expected.
absl::Status SetField(google::protobuf::Message* message, std::string_view path,
                      std::string_view text);

// A word for the field at `path` adds to those before.
bool TakesMany(const google::protobuf::Message& message, std::string_view path);
// The field at `path` is one true/false.
bool IsTruth(const google::protobuf::Message& message, std::string_view path);

// Elements of a repeated field are joined with "、"; unset times are "". A path that names no field is a
// mistake of this program and ends it.
std::string FieldText(const Say& say, const google::protobuf::Message& message,
                      std::string_view path);

// Every set field, one a line, indented; for `show` commands.
std::string RenderMessage(const Say& say, const google::protobuf::Message& message, int indent = 0);

}  // namespace huying::cli
