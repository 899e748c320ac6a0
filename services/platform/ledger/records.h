// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "services/platform/sql/sql.h"

// A kind of record: a key, a version, the serialised message, and only the columns we filter or
// sort by, each derived from the message by a lambda. Columns are projections: when their list
// changes, they are computed anew from the messages at start.
//
//   const ledger::RecordKind<Alert> kAlerts("alert",
//       [](const Alert& a) { return Alert::State_Name(a.state()); },
//       {{"state", [](const Alert& a) { return ledger::Int(a.state()); }},
//        {"area", [](const Alert& a) { return ledger::Text(a.issuer_area()); }}});
//
// Kinds are constants of a service's store.h; they own nothing and may be used from any thread.
namespace huying::ledger {

inline sql::Value Text(std::string value) { return sql::Value(std::move(value)); }
inline sql::Value Int(int64_t value) { return sql::Value(value); }

struct RecordRef {
  std::string kind;
  std::string key;
  bool operator==(const RecordRef&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const RecordRef& r) {
    return H::combine(std::move(h), r.kind, r.key);
  }
};

// What the ledger needs to know of a kind, without its type.
struct KindSchema {
  struct Column {
    std::string name;
    bool is_text = true;
  };
  std::string name;
  const google::protobuf::Descriptor* (*type)() = nullptr;  // of its message
  std::vector<Column> columns;
  // Values of the columns, in order, from the serialised message.
  std::function<std::vector<sql::Value>(std::string_view image)> project;
  // The record's state as it stands on entries and receipts; "" when it has none.
  std::function<std::string(std::string_view image)> state;
};

template <typename T>
class RecordKind {
 public:
  struct Column {
    std::string name;
    std::function<sql::Value(const T&)> value;
  };

  RecordKind(std::string name, std::function<std::string(const T&)> state,
             std::vector<Column> columns)
      : name_(name) {
    schema_.name = std::move(name);
    schema_.type = &T::descriptor;
    for (const Column& column : columns) {
      schema_.columns.push_back(
          {column.name, std::holds_alternative<std::string>(column.value(T()))});
    }
    schema_.project = [columns = std::move(columns)](std::string_view image) {
      const T message = Parse(image);
      std::vector<sql::Value> values;
      values.reserve(columns.size());
      for (const Column& column : columns) values.push_back(column.value(message));
      return values;
    };
    schema_.state = [state = std::move(state)](std::string_view image) {
      return state ? state(Parse(image)) : std::string();
    };
  }

  const std::string& name() const { return name_; }
  const KindSchema& schema() const { return schema_; }
  RecordRef Ref(std::string_view key) const { return {name_, std::string(key)}; }

  static T Parse(std::string_view image) {
    T message;
    message.ParseFromArray(image.data(), static_cast<int>(image.size()));
    return message;
  }

 private:
  std::string name_;
  KindSchema schema_;
};

template <typename T>
struct Stored {
  T value;
  int64_t version = 0;
};

}  // namespace huying::ledger
